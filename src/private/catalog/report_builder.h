#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "catalog/import_report.h"

namespace dermaga::catalog {

// Collects what an import has to say. Rows are judged in file order.
class ReportBuilder {
 public:
  explicit ReportBuilder(ImportReport& report) : report_(report) {}

  void problem(std::int64_t line, std::string column, std::string reason);
  // The same text is kept once, with the number of rows it holds for.
  void note(const std::string& text);
  // Writes the notes into the report.
  void finish();

 private:
  ImportReport& report_;
  std::int64_t last_bad_line_ = 0;
  std::vector<std::pair<std::string, std::int64_t>> notes_;
};

}  // namespace dermaga::catalog
