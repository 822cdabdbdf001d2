#include "customers/erasure_list.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "encoding/encoding.h"
#include "files/files.h"
#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::customers {
namespace {

constexpr std::uint64_t kFileBytesMax = 1'024 * 1'024 * 1'024;
constexpr std::size_t kWordBytesMax = 256;

// What is signed: a context, so that the signature says nothing else, and the line's facts.
std::string signed_text(const Erasure& erasure) {
  return "dermaga.erasure.v1\n" + erasure.customer.str() + "\n" + format_rfc3339(erasure.at);
}

std::string line_of(const Erasure& erasure, const digest::SigningKey& key) {
  std::string line;
  json::Writer writer(line);
  writer.object();
  writer.field("at", format_rfc3339(erasure.at));
  writer.field("customer_id", erasure.customer.str());
  writer.field("signature", encoding::base64(key.sign(signed_text(erasure))));
  writer.end_object();
  return line + "\n";
}

Result<Erasure> parse_line(std::string_view line, const std::string& public_key) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(line));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  Erasure erasure;
  ASSIGN_OR_RETURN(const std::string at, reader.string("at", kWordBytesMax));
  ASSIGN_OR_RETURN(erasure.at, parse_rfc3339(at));
  ASSIGN_OR_RETURN(const std::string customer, reader.string("customer_id", kWordBytesMax));
  ASSIGN_OR_RETURN(erasure.customer, CustomerId::parse(customer));
  ASSIGN_OR_RETURN(const std::string text, reader.string("signature", kWordBytesMax));
  ASSIGN_OR_RETURN(const std::string signature, encoding::base64_decode(text));
  RETURN_IF_ERROR(reader.finish());
  if (!digest::verify_signature(public_key, signed_text(erasure), signature)) {
    return make_error(ErrorCode::kCorrupt, "it is not signed by this shop's key");
  }
  return erasure;
}

Result<std::vector<Erasure>> parse_all(const std::string& file, std::string_view text,
                                       const std::string& public_key) {
  std::vector<Erasure> erasures;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    auto erasure = parse_line(text.substr(0, end), public_key);
    if (!erasure.has_value()) {
      return make_error(ErrorCode::kCorrupt,
                        file + ", line " + std::to_string(number) + ": " +
                            erasure.error().message() +
                            ". Restore the file from its backup: without it erased people may "
                            "come back with a restored database");
    }
    erasures.push_back(*std::move(erasure));
    text.remove_prefix(end + 1);
  }
  return erasures;
}

// Empty where there is no file.
Result<std::string> read_lines(const std::string& file) {
  auto text = files::read_file(file, kFileBytesMax);
  return !text.has_value() && text.error().code() == ErrorCode::kNotFound ? std::string() : text;
}

Status append_durably(const std::string& file, std::string_view bytes) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return make_errno_error("open " + file, errno);
  }
  const bool whole =
      ::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  const int write_errno = whole ? 0 : errno;
  const bool synced = whole && ::fdatasync(descriptor) == 0;
  const int sync_errno = errno;
  ::close(descriptor);
  if (!synced) {
    return make_errno_error("write " + file, whole ? sync_errno : write_errno);
  }
  return files::sync_directory(file.substr(0, file.rfind('/')));
}

}  // namespace

ErasureList::ErasureList(std::string file, digest::SigningKey key, std::vector<Erasure> erasures)
    : file_(std::move(file)), key_(std::move(key)), erasures_(std::move(erasures)) {}

ErasureList::ErasureList(ErasureList&& other) noexcept
    : file_(std::move(other.file_)),
      key_(std::move(other.key_)),
      erasures_(std::move(other.erasures_)) {}

Result<ErasureList> ErasureList::open(const std::string& file, digest::SigningKey key) {
  ASSIGN_OR_RETURN(std::string lines, read_lines(file));
  if (const std::size_t whole = lines.rfind('\n') + 1; whole != lines.size()) {
    lines.resize(whole);
    RETURN_IF_ERROR(files::write_file_atomically(file, lines, 0600));
  }
  ASSIGN_OR_RETURN(auto erasures, parse_all(file, lines, key.public_key()));
  return ErasureList(file, std::move(key), std::move(erasures));
}

Result<std::vector<Erasure>> ErasureList::read(const std::string& file,
                                               const std::string& public_key) {
  ASSIGN_OR_RETURN(std::string lines, read_lines(file));
  lines.resize(lines.rfind('\n') + 1);
  return parse_all(file, lines, public_key);
}

Status ErasureList::add(const Erasure& erasure) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(append_durably(file_, line_of(erasure, key_)));
  erasures_.push_back(erasure);
  return {};
}

std::vector<Erasure> ErasureList::all() const {
  const std::lock_guard lock(mutex_);
  return erasures_;
}

}  // namespace dermaga::customers
