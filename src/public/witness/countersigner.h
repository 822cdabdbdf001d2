#pragma once

#include <cstdint>
#include <string>

#include "contract/audit.h"
#include "digest/signature.h"
#include "result/result.h"
#include "signed_note/signed_note.h"

namespace dermaga::witness {

// Decides what is countersigned, and keeps it in one file: its own key, the log's origin and key as
// seen first, the last size and root, and why it stopped. Not thread-safe.
//
// kCorrupt from pin() or take() means that core's log is not a continuation of what was seen: the
// file says so before it is returned, and it is returned from then on. Other errors pass.
class Countersigner {
 public:
  // A new key where there is no file. kForbidden for one that others may read.
  static Result<Countersigner> open(std::string path);

  // The log to witness. Kept at the first time; later only the same is accepted.
  Status pin(const signed_note::Signer& log);
  bool is_pinned() const { return !log_.public_key.empty(); }
  // Why nothing is countersigned any more; empty while all is well.
  const std::string& stopped() const { return stopped_; }

  // What to ask core now: with the cosignature of what is on disk.
  contract::WitnessRequest request() const;
  // True where the answer's checkpoint was countersigned, false where it is the last one again.
  Result<bool> take(const contract::WitnessAnswer& answer);

  std::uint64_t size() const { return last_.size; }

 private:
  Countersigner(std::string path, digest::SigningKey key)
      : path_(std::move(path)), key_(std::move(key)) {}

  static Result<Countersigner> parse(std::string path, std::string_view text);
  Status save(const signed_note::Signer& log, const signed_note::Checkpoint& last) const;
  std::unexpected<Error> stop(std::string why);

  std::string path_;
  digest::SigningKey key_;
  signed_note::Signer log_;
  signed_note::Checkpoint last_;  // size 0: none yet
  std::string stopped_;
};

}  // namespace dermaga::witness
