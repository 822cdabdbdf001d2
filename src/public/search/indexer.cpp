#include "indexer.h"

#include <xapian.h>

#include <array>
#include <string_view>
#include <unordered_map>

namespace dermaga::search {
namespace {

// Within-document frequency of a word per field: how much a match in it counts.
constexpr unsigned kTitleWeight = 12;
constexpr unsigned kTagWeight = 5;
constexpr unsigned kNameWeight = 4;  // vendor, category
constexpr unsigned kSkuWeight = 6;
constexpr unsigned kDescriptionWeight = 1;
constexpr std::size_t kDescriptionBytesMax = 32 * 1024;

using CategoryTitles = std::unordered_map<std::string, const product::LocalizedText*>;

Xapian::Document document_of(const product::Product& product, const CategoryTitles& categories,
                             const Index::Options& options, Xapian::TermGenerator& generator) {
  const auto text = [&](const product::LocalizedText& localized) -> const std::string& {
    return product::text_in(localized, options.locale, options.fallback_locale);
  };
  Xapian::Document document;
  generator.set_document(document);
  generator.index_text(text(product.title), kTitleWeight);
  for (const std::string& tag : product.tags) {
    generator.index_text(tag, kTagWeight);
  }
  generator.index_text(product.vendor, kNameWeight);
  if (product.category) {
    if (const auto found = categories.find(product.category->str()); found != categories.end()) {
      generator.index_text(text(*found->second), kNameWeight);
    }
  }
  for (const product::Option& option : product.options) {
    for (const product::LocalizedText& value : option.values) {
      generator.index_text(text(value), kDescriptionWeight);
    }
  }
  generator.index_text(plain_text(text(product.description_html), kDescriptionBytesMax),
                       kDescriptionWeight);
  // Stock-keeping units are found as typed but are no words to correct spelling with.
  generator.set_flags(Xapian::TermGenerator::FLAG_SPELLING, Xapian::TermGenerator::flags(0));
  for (const product::Variant& variant : product.variants) {
    generator.index_text(variant.sku, kSkuWeight);
  }
  generator.set_flags(Xapian::TermGenerator::FLAG_SPELLING);
  return document;
}

}  // namespace

std::string stemmer_name(const std::string& locale) {
  if (locale == "id") {
    return "indonesian";
  }
  return locale == "en" ? "english" : "none";
}

const char* stop_words(const std::string& locale) {
  if (locale == "id") {
    return "dan di ke dari yang untuk dengan atau pada ini itu adalah dalam oleh";
  }
  if (locale == "en") {
    return "and the a an of for with or in on to from by at is this that";
  }
  return "";
}

std::string plain_text(const std::string& html, std::size_t bytes_max) {
  static constexpr std::array<std::pair<std::string_view, char>, 6> kEntities = {{{"&amp;", '&'},
                                                                                  {"&lt;", '<'},
                                                                                  {"&gt;", '>'},
                                                                                  {"&quot;", '"'},
                                                                                  {"&#39;", '\''},
                                                                                  {"&nbsp;", ' '}}};
  std::string out;
  bool in_tag = false;
  for (std::size_t i = 0; i < html.size() && out.size() < bytes_max; ++i) {
    const char c = html[i];
    if (c == '<' || c == '>') {
      in_tag = c == '<';
      out += in_tag ? " " : "";
      continue;
    }
    if (in_tag) {
      continue;
    }
    char decoded = c;
    if (c == '&') {
      for (const auto& [entity, character] : kEntities) {
        if (html.compare(i, entity.size(), entity) == 0) {
          decoded = character;
          i += entity.size() - 1;
          break;
        }
      }
    }
    out += decoded;
  }
  return out;
}

void write_database(const std::string& path, const product::Assortment& assortment,
                    const Index::Options& options) {
  // The index is thrown away with the process: nothing is gained by syncing it.
  Xapian::WritableDatabase database(path, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC |
                                              Xapian::DB_DANGEROUS | Xapian::DB_BACKEND_GLASS);
  CategoryTitles categories;
  for (const product::Category& category : assortment.categories) {
    categories.emplace(category.id.str(), &category.title);
  }
  Xapian::TermGenerator generator;
  generator.set_stemmer(Xapian::Stem(stemmer_name(options.locale)));
  generator.set_database(database);
  generator.set_flags(Xapian::TermGenerator::FLAG_SPELLING);
  generator.set_max_word_length(64);
  for (const product::Product& product : assortment.products) {
    database.add_document(document_of(product, categories, options, generator));
  }
  database.commit();
  database.close();
}

}  // namespace dermaga::search
