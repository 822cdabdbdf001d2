#pragma once

namespace dermaga::buyer {

// `dermaga buy …`: argv[0] is "buy". Prints to standard output, progress and errors to standard
// error; the result is the process's exit status.
int run_buy(int argc, const char* const* argv);

}  // namespace dermaga::buyer
