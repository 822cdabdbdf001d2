#include "search/search.h"

#include <xapian.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <numeric>
#include <sstream>
#include <system_error>

#include "encoding/encoding.h"
#include "facets.h"
#include "indexer.h"

namespace dermaga::search {
namespace {

constexpr std::size_t kHandlesKept = 64;  // idle Xapian handles; more are closed after use

// The first kTextBytesMax bytes as text that the query parser takes: valid UTF-8 without control
// characters, cut between characters.
std::string bounded_text(const std::string& text) {
  std::string out = text.substr(0, kTextBytesMax);
  while (!out.empty() && !encoding::is_utf8(out) && text.size() > kTextBytesMax &&
         out.size() + 4 > kTextBytesMax) {
    out.pop_back();
  }
  const bool is_utf8 = encoding::is_utf8(out);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (!is_utf8 && byte >= 0x80)) {
      c = ' ';
    }
  }
  return out;
}

class XapianIndex final : public Index {
 public:
  XapianIndex(std::shared_ptr<const product::Assortment> assortment, Options options,
              std::string path)
      : assortment_(std::move(assortment)),
        options_(std::move(options)),
        path_(std::move(path)),
        columns_(Columns::of(*assortment_, options_.locale, options_.fallback_locale)) {
    std::istringstream words(stop_words(options_.locale));
    std::string word;
    while (words >> word) {
      stopper_.add(word);
    }
  }

  ~XapianIndex() override {
    idle_.clear();
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  Results search(const Query& query,
                 const std::function<bool(std::size_t)>& sold_out) const override {
    Results results;
    const std::string text = bounded_text(query.text);
    std::vector<std::size_t> matches;
    if (text.find_first_not_of(' ') == std::string::npos) {
      matches.resize(assortment_->products.size());
      std::iota(matches.begin(), matches.end(), std::size_t{0});
    } else {
      matches = find(text, results.corrected);
    }
    fill_results(*assortment_, columns_, query, std::move(matches), sold_out, results);
    return results;
  }

 private:
  std::unique_ptr<Xapian::Database> take_handle() const {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
      }
    }
    return std::make_unique<Xapian::Database>(path_);
  }

  void give_back(std::unique_ptr<Xapian::Database> handle) const {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kHandlesKept) {
      idle_.push_back(std::move(handle));
    }
  }

  // Every word as written; else with its spelling corrected; else any of the words.
  std::vector<std::size_t> find(const std::string& text, std::string& corrected) const {
    try {
      auto database = take_handle();
      Xapian::QueryParser parser;
      parser.set_stemmer(Xapian::Stem(stemmer_name(options_.locale)));
      parser.set_stemming_strategy(Xapian::QueryParser::STEM_SOME);
      parser.set_database(*database);
      parser.set_stopper(&stopper_);
      parser.set_max_expansion(200, Xapian::Query::WILDCARD_LIMIT_MOST_FREQUENT);
      std::vector<std::size_t> matches =
          run(*database, parser, text, Xapian::Query::OP_AND, Xapian::QueryParser::FLAG_PARTIAL);
      if (matches.empty()) {
        // Without FLAG_PARTIAL: the parser never corrects a word that may go on.
        parser.parse_query(text, Xapian::QueryParser::FLAG_SPELLING_CORRECTION);
        corrected = parser.get_corrected_query_string();
        if (!corrected.empty()) {
          matches = run(*database, parser, corrected, Xapian::Query::OP_AND,
                        Xapian::QueryParser::FLAG_PARTIAL);
        }
      }
      if (matches.empty()) {
        corrected.clear();
        matches =
            run(*database, parser, text, Xapian::Query::OP_OR, Xapian::QueryParser::FLAG_PARTIAL);
      }
      give_back(std::move(database));
      return matches;
    } catch (const Xapian::Error&) {
      corrected.clear();
      return {};
    }
  }

  static std::vector<std::size_t> run(const Xapian::Database& database, Xapian::QueryParser& parser,
                                      const std::string& text, Xapian::Query::op default_op,
                                      unsigned flags) {
    parser.set_default_op(default_op);
    const Xapian::Query query = parser.parse_query(text, flags);
    Xapian::Enquire enquire(database);
    enquire.set_query(query);
    // Equal weights stay in handle order, so that pages do not overlap.
    enquire.set_docid_order(Xapian::Enquire::ASCENDING);
    const Xapian::MSet found = enquire.get_mset(0, kMatchesMax);
    std::vector<std::size_t> matches;
    matches.reserve(found.size());
    for (auto match = found.begin(); match != found.end(); ++match) {
      // Documents were added in product order, numbered from 1.
      matches.push_back(*match - 1);
    }
    return matches;
  }

  std::shared_ptr<const product::Assortment> assortment_;
  Options options_;
  std::string path_;
  Columns columns_;
  Xapian::SimpleStopper stopper_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Xapian::Database>> idle_;
};

}  // namespace

Result<std::shared_ptr<const Index>> Index::build(
    std::shared_ptr<const product::Assortment> assortment, const Options& options) {
  static std::atomic<unsigned> next{0};
  const std::string path =
      options.folder + "/index-" + options.locale + "-" + std::to_string(next.fetch_add(1));
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);  // of a process that was killed
  try {
    write_database(path, *assortment, options);
  } catch (const Xapian::Error& error) {
    std::filesystem::remove_all(path, ignored);
    return make_error(ErrorCode::kIo, "search index " + path + ": " + error.get_description());
  }
  return std::make_shared<XapianIndex>(std::move(assortment), options, path);
}

}  // namespace dermaga::search
