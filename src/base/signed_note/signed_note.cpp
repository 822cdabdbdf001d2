#include "signed_note/signed_note.h"

#include <charconv>
#include <optional>

#include "digest/digest.h"
#include "encoding/encoding.h"

namespace dermaga::signed_note {
namespace {

constexpr char kEd25519 = '\x01';
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kNameIdBytes = 8;
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

// What is signed.
std::string text_of(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         encoding::base64(checkpoint.root) + "\n";
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

std::string_view name_in(std::string_view signature) {
  return signature.substr(0, signature.find(' '));
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

std::string name_of_key(std::string_view prefix, std::string_view public_key) {
  return std::string(prefix) + "-" +
         encoding::hex(digest::sha256(public_key).substr(0, kNameIdBytes));
}

std::string sign(const Checkpoint& checkpoint, const digest::SigningKey& key) {
  const std::string text = text_of(checkpoint);
  return text + "\n" + signature_line(text, checkpoint.origin, key);
}

std::string cosignature(const Checkpoint& checkpoint, std::string_view name,
                        const digest::SigningKey& key) {
  return signature_line(text_of(checkpoint), name, key);
}

Result<std::string> add_cosignature(std::string_view note, std::string_view line,
                                    const Signer& witness) {
  ASSIGN_OR_RETURN(const Note parts, take_apart(note));
  // By itself: a line that brings others along, or hides behind one that is there, does not pass.
  const std::string alone = std::string(parts.text) + "\n" + std::string(line);
  ASSIGN_OR_RETURN(const Note added, take_apart(alone));
  if (added.text != parts.text || added.signatures.size() != 1 ||
      !is_signed(added, witness.origin, witness.public_key)) {
    return invalid("is not what " + witness.origin + " countersigned");
  }
  if (is_signed(parts, witness.origin, witness.public_key)) {
    return std::string(note);
  }
  if (parts.signatures.size() > kCosignaturesMax) {
    return make_error(ErrorCode::kOverloaded,
                      "the checkpoint has all the cosignatures it can take");
  }
  return std::string(note).append(line);
}

Result<Checkpoint> open(std::string_view note, std::string_view name, std::string_view public_key) {
  ASSIGN_OR_RETURN(const Note parts, take_apart(note));
  if (!is_signed(parts, name, public_key)) {
    return invalid("has no valid signature by " + std::string(name));
  }
  return parse(parts.text);
}

std::vector<std::string> signer_names(std::string_view note) {
  std::vector<std::string> names;
  if (const auto parts = take_apart(note); parts.has_value()) {
    for (const std::string_view signature : parts->signatures) {
      names.emplace_back(name_in(signature));
    }
  }
  return names;
}

}  // namespace dermaga::signed_note
