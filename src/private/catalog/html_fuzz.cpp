#include <cstddef>
#include <cstdint>

#include "html.h"
#include "result/result.h"

// Whatever comes in, what goes out is stable and holds nothing that runs.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string safe =
      dermaga::catalog::sanitise_html({reinterpret_cast<const char*>(data), size});
  CHECK(safe.find("<script") == std::string::npos);
  CHECK(safe.find("<!") == std::string::npos);
  CHECK(dermaga::catalog::sanitise_html(safe) == safe);
  return 0;
}
