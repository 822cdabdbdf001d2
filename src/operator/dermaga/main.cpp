#include "supervisor/supervisor.h"

int main(int argc, char** argv) {
  return dermaga::supervisor::run(dermaga::supervisor::parse_command_line(argc, argv, ""));
}
