#include "audit/checkpoint.h"

#include <charconv>
#include <vector>

#include "audit/audit.h"
#include "digest/digest.h"
#include "encoding/encoding.h"

namespace dermaga::audit {
namespace {

constexpr char kEd25519 = '\x01';
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kNoteBytesMax = 16 * 1024;
constexpr std::string_view kSignatureMark = "\u2014 ";  // em dash

std::unexpected<Error> invalid(std::string_view what) {
  return make_error(ErrorCode::kInvalidArgument, "the checkpoint " + std::string(what));
}

// SHA-256(name ‖ LF ‖ type ‖ key), the first four bytes.
std::string key_id(std::string_view name, std::string_view public_key) {
  std::string input(name);
  input.push_back('\n');
  input.push_back(kEd25519);
  input.append(public_key);
  return digest::sha256(input).substr(0, kKeyIdBytes);
}

std::string signature_line(std::string_view text, std::string_view name,
                           const digest::SigningKey& key) {
  return std::string(kSignatureMark) + std::string(name) + " " +
         encoding::base64(key_id(name, key.public_key()) + key.sign(text)) + "\n";
}

struct Note {
  std::string_view text;  // with its last line feed: what is signed
  std::vector<std::string_view> signatures;
};

// Takes the next line off the front; nullopt where no line feed ends it.
std::optional<std::string_view> next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

Result<Note> take_apart(std::string_view note) {
  const std::size_t split =
      note.size() > kNoteBytesMax ? std::string_view::npos : note.rfind("\n\n");
  if (split == std::string_view::npos) {
    return invalid("is not a signed note");
  }
  Note parts{.text = note.substr(0, split + 1), .signatures = {}};
  std::string_view rest = note.substr(split + 2);
  while (!rest.empty()) {
    const auto line = next_line(rest);
    if (!line.has_value() || !line->starts_with(kSignatureMark)) {
      return invalid("has a broken signature line");
    }
    parts.signatures.push_back(line->substr(kSignatureMark.size()));
  }
  return parts;
}

bool is_signed(const Note& note, std::string_view name, std::string_view public_key) {
  for (const std::string_view line : note.signatures) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || line.substr(0, space) != name) {
      continue;
    }
    const auto bytes = encoding::base64_decode(line.substr(space + 1));
    if (bytes.has_value() && bytes->size() == kKeyIdBytes + kSignatureBytes &&
        bytes->starts_with(key_id(name, public_key)) &&
        digest::verify_signature(public_key, note.text, bytes->substr(kKeyIdBytes))) {
      return true;
    }
  }
  return false;
}

Result<Checkpoint> parse(std::string_view text) {
  const auto origin = next_line(text);
  const auto size_text = next_line(text);
  const auto root_text = next_line(text);
  if (!origin.has_value() || origin->empty() || !size_text.has_value() || !root_text.has_value() ||
      !text.empty()) {
    return invalid("does not have the lines origin, size and root");
  }
  Checkpoint checkpoint{.origin = std::string(*origin), .size = 0, .root = {}};
  const char* const end = size_text->data() + size_text->size();
  const auto read = std::from_chars(size_text->data(), end, checkpoint.size);
  const bool is_canonical = *size_text == std::to_string(checkpoint.size);
  if (read.ec != std::errc() || read.ptr != end || !is_canonical) {
    return invalid("has a size that is no decimal number");
  }
  ASSIGN_OR_RETURN(checkpoint.root, encoding::base64_decode(*root_text));
  if (checkpoint.root.size() != digest::kSha256Bytes) {
    return invalid("has a root that is no SHA-256");
  }
  return checkpoint;
}

}  // namespace

std::string verifier_key(const Signer& signer) {
  return signer.origin + "+" + encoding::hex(key_id(signer.origin, signer.public_key)) + "+" +
         encoding::base64(kEd25519 + signer.public_key);
}

std::string sign(const Checkpoint& checkpoint, const digest::SigningKey& key) {
  const std::string text = checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
                           encoding::base64(checkpoint.root) + "\n";
  return text + "\n" + signature_line(text, checkpoint.origin, key);
}

std::string cosign(std::string_view note, std::string_view name, const digest::SigningKey& key) {
  const std::string_view text = note.substr(0, note.rfind("\n\n") + 1);
  return std::string(note) + signature_line(text, name, key);
}

Result<Checkpoint> open(std::string_view note, std::string_view name, std::string_view public_key) {
  ASSIGN_OR_RETURN(const Note parts, take_apart(note));
  if (!is_signed(parts, name, public_key)) {
    return invalid("has no valid signature by " + std::string(name));
  }
  return parse(parts.text);
}

Result<std::string> newest_checkpoint(store::Connection& connection) {
  std::string note;
  RETURN_IF_ERROR(connection.query("SELECT note FROM audit_checkpoints ORDER BY size DESC LIMIT 1",
                                   {}, [&note](const store::Row& row) -> Status {
                                     note = row.text(0);
                                     return {};
                                   }));
  return note;
}

Result<std::string> make_checkpoint(store::Connection& connection, const std::string& origin,
                                    const digest::SigningKey& key) {
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  ASSIGN_OR_RETURN(const auto tree, recorded_tree(connection));
  if (tree.size() == 0) {
    return std::string();
  }
  const std::string note = sign({.origin = origin, .size = tree.size(), .root = tree.root()}, key);
  const store::Parameter row[] = {static_cast<std::int64_t>(tree.size()), std::string_view(note)};
  ASSIGN_OR_RETURN(const auto added,
                   connection.execute("INSERT INTO audit_checkpoints (size, note) VALUES ($1, $2) "
                                      "ON CONFLICT (size) DO NOTHING",
                                      row));
  if (added == 0) {
    return newest_checkpoint(connection);
  }
  RETURN_IF_ERROR(transaction.commit());
  return note;
}

}  // namespace dermaga::audit
