#include "report_builder.h"

#include <algorithm>

namespace dermaga::catalog {

namespace {
constexpr std::size_t kNotesMax = 100;
}

void ReportBuilder::problem(std::int64_t line, std::string column, std::string reason) {
  report_.bad += line != last_bad_line_ ? 1 : 0;
  last_bad_line_ = line;
  if (report_.problems.size() < ImportReport::kProblemsMax) {
    report_.problems.push_back(
        {.line = line, .column = std::move(column), .reason = std::move(reason)});
  }
}

void ReportBuilder::note(const std::string& text) {
  const auto known = std::ranges::find(notes_, text, &std::pair<std::string, std::int64_t>::first);
  if (known != notes_.end()) {
    ++known->second;
  } else if (notes_.size() < kNotesMax) {
    notes_.emplace_back(text, 1);
  }
}

void ReportBuilder::finish() {
  for (const auto& [text, rows] : notes_) {
    report_.notes.push_back(text + (rows > 1 ? " (" + std::to_string(rows) + " rows)" : ""));
  }
  notes_.clear();
}

std::string format_problem(const ImportReport& report, const ImportProblem& problem) {
  std::string text = report.file + ":" + std::to_string(problem.line) + ": ";
  if (!problem.column.empty()) {
    text += problem.column + ": ";
  }
  return text + problem.reason;
}

}  // namespace dermaga::catalog
