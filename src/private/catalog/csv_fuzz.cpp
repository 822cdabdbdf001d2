#include <cstddef>
#include <cstdint>

#include "csv.h"

// Any bytes end, within bounds, and lines only grow.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dermaga::catalog::CsvReader reader({reinterpret_cast<const char*>(data), size});
  dermaga::catalog::CsvRecord record;
  std::int64_t line = 0;
  while (reader.next(record)) {
    CHECK(record.line > line);
    CHECK(record.fields.size() <= dermaga::catalog::kCsvColumnsMax);
    line = record.line;
  }
  return 0;
}
