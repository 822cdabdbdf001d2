#pragma once

#include <string>

#include "product/product.h"
#include "search/search.h"

namespace dermaga::search {

// Name of Xapian's stemmer for a locale; "none" where it has none.
std::string stemmer_name(const std::string& locale);

// Words too frequent to search for, space-separated; empty for other locales.
const char* stop_words(const std::string& locale);

// Text without tags and with the five basic entities decoded, at most `bytes_max`.
std::string plain_text(const std::string& html, std::size_t bytes_max);

// Writes a Xapian database of the assortment to `path`: document i + 1 is product i. Throws
// Xapian::Error.
void write_database(const std::string& path, const product::Assortment& assortment,
                    const Index::Options& options);

}  // namespace dermaga::search
