#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dermaga::catalog {

// One bad cell or row of an imported file.
struct ImportProblem {
  std::int64_t line = 0;  // where the row starts, from 1
  std::string column;     // its heading in the file; empty: the row as a whole
  std::string reason;
};

// What an import did. Bad rows are reported and left out; the good ones went in.
struct ImportReport {
  std::string file;
  std::string kind;          // "products" or "translations"
  std::int64_t rows = 0;     // data rows read
  std::int64_t created = 0;  // products, or translated texts
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t bad = 0;                 // rows with a problem
  std::vector<ImportProblem> problems;  // in line order, the first kProblemsMax
  std::vector<std::string> notes;       // what was ignored or adjusted, once each
  std::uint64_t catalog_version = 0;    // current after the import
  bool published = false;               // true: this import made that version

  static constexpr std::size_t kProblemsMax = 1'000;
};

// "file:line: column: reason", as people see it.
std::string format_problem(const ImportReport& report, const ImportProblem& problem);

}  // namespace dermaga::catalog
