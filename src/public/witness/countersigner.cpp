#include "countersigner.h"

#include <utility>

#include "encoding/encoding.h"
#include "files/files.h"
#include "json/reader.h"
#include "json/writer.h"
#include "merkle/merkle.h"

namespace dermaga::witness {
namespace {

constexpr std::uint64_t kFileBytesMax = 16 * 1024;
constexpr std::size_t kBytesTextMax = 64;
constexpr std::size_t kWordBytesMax = 1'024;
constexpr std::string_view kPrefix = "edge";

Result<std::string> read_bytes(json::ObjectReader& reader, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, reader.string(name, kBytesTextMax));
  return encoding::base64url_decode(text);
}

}  // namespace

Result<Countersigner> Countersigner::open(std::string path) {
  const auto text = files::read_secret_file(path, kFileBytesMax);
  if (text.has_value()) {
    auto read = parse(path, *text);
    if (!read.has_value()) {
      return make_error(ErrorCode::kCorrupt, path + ": " + read.error().message());
    }
    return read;
  }
  if (text.error().code() != ErrorCode::kNotFound) {
    return std::unexpected(text.error());
  }
  return Countersigner(std::move(path), digest::SigningKey::generate());
}

Result<Countersigner> Countersigner::parse(std::string path, std::string_view text) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(text));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(const std::string seed, read_bytes(reader, "witness_seed"));
  ASSIGN_OR_RETURN(auto key, digest::SigningKey::from_seed(seed));
  Countersigner read(std::move(path), std::move(key));
  ASSIGN_OR_RETURN(read.log_.origin, reader.string("origin", kWordBytesMax));
  ASSIGN_OR_RETURN(read.log_.public_key, read_bytes(reader, "public_key"));
  ASSIGN_OR_RETURN(const auto size, reader.integer("size", 0, INT64_MAX));
  ASSIGN_OR_RETURN(read.last_.root, read_bytes(reader, "root"));
  ASSIGN_OR_RETURN(read.stopped_, reader.string("stopped", kWordBytesMax));
  RETURN_IF_ERROR(reader.finish());
  read.last_.origin = read.log_.origin;
  read.last_.size = static_cast<std::uint64_t>(size);
  return read;
}

Status Countersigner::save(const signed_note::Signer& log,
                           const signed_note::Checkpoint& last) const {
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("witness_seed", encoding::base64url(key_.seed()));
  writer.field("origin", log.origin);
  writer.field("public_key", encoding::base64url(log.public_key));
  writer.field("size", static_cast<std::int64_t>(last.size));
  writer.field("root", encoding::base64url(last.root));
  writer.field("stopped", stopped_);
  writer.end_object();
  return files::write_file_atomically(path_, text, 0600);
}

// Stopped even where the disk does not take it: a restart would find the same log again.
std::unexpected<Error> Countersigner::stop(std::string why) {
  if (stopped_.empty()) {
    stopped_ = std::move(why);
    if (const Status saved = save(log_, last_); !saved.has_value()) {
      return make_error(ErrorCode::kCorrupt, stopped_ + "; " + saved.error().message());
    }
  }
  return make_error(ErrorCode::kCorrupt, stopped_);
}

Status Countersigner::pin(const signed_note::Signer& log) {
  if (!stopped_.empty()) {
    return stop("");
  }
  if (!is_pinned()) {
    RETURN_IF_ERROR(save(log, last_));
    log_ = log;
  } else if (log.origin != log_.origin) {
    return stop("the log was " + log_.origin + ", now it is " + log.origin);
  } else if (log.public_key != log_.public_key) {
    return stop("the log's key is another one");
  }
  return {};
}

contract::WitnessRequest Countersigner::request() const {
  contract::WitnessRequest request;
  request.witness_name = signed_note::name_of_key(kPrefix, key_.public_key());
  request.public_key = key_.public_key();
  request.size = last_.size;
  if (last_.size > 0) {
    request.cosignature = signed_note::cosignature(last_, request.witness_name, key_);
  }
  return request;
}

Result<bool> Countersigner::take(const contract::WitnessAnswer& answer) {
  if (!stopped_.empty()) {
    return stop("");
  }
  if (answer.note.empty() && last_.size == 0) {
    return false;
  }
  const std::string seen = "countersigned " + std::to_string(last_.size) + " entries, ";
  if (answer.note.empty()) {
    return stop(seen + "now there are none");
  }
  ASSIGN_OR_RETURN(const auto now, signed_note::open(answer.note, log_.origin, log_.public_key));
  if (now.origin != log_.origin || now.size == 0 || now.size > INT64_MAX) {
    return make_error(ErrorCode::kInvalidArgument, "the checkpoint is not of this log's entries");
  }
  if (now.size < last_.size) {
    return stop(seen + "now there are " + std::to_string(now.size));
  }
  if (now.size == last_.size) {
    return now.root == last_.root ? Result<bool>(false) : stop(seen + "now they are others");
  }
  if (last_.size > 0 &&
      !merkle::proves_consistency(last_.size, last_.root, now.size, now.root, answer.proof)) {
    return stop(seen + "nothing proves that the " + std::to_string(now.size) +
                " of now begin with them");
  }
  RETURN_IF_ERROR(save(log_, now));
  last_ = now;
  return true;
}

}  // namespace dermaga::witness
