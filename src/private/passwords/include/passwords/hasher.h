#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "result/result.h"
#include "vault/secret.h"

namespace dermaga::metrics {
class Registry;
}

namespace dermaga::passwords {

// Bounds of what verify() accepts and of what a Hasher may be made with.
inline constexpr std::size_t kMemoryBytesMin = std::size_t{8} * 1024;
inline constexpr std::size_t kMemoryBytesMax = std::size_t{256} * 1024 * 1024;
inline constexpr unsigned kPassesMax = 10;
// Longer texts are never hashed: refusal_of() admits far less.
inline constexpr std::size_t kPasswordBytesMax = 4096;

// What one Argon2id (RFC 9106) costs; one lane.
struct Cost {
  std::size_t memory_bytes = std::size_t{64} * 1024 * 1024;  // whole KiB
  unsigned passes = 2;
};

struct HasherOptions {
  Cost cost;
  unsigned threads = 1;
  std::size_t waiting_max = 64;
  metrics::Registry* registry = nullptr;  // outlives the hasher
};

// Hashes and checks passwords on a few threads of its own, which run after everybody else's (nice
// +10, SCHED_BATCH), so that a flood of sign-ins takes what orders leave. Each thread works on one
// password at a time: `threads` times the cost's memory, or what a stored hash was made with.
// Thread-safe.
//
// `done` is called exactly once: on a thread of the pool, which it should not keep; on the calling
// thread, before the call returns, with kOverloaded where waiting_max wait already and with
// kInvalidArgument for more than kPasswordBytesMax; on the destructor's thread with kUnavailable
// for what still waits then. It must neither throw nor destroy the hasher. No memory for the hash
// is kUnavailable, too.
class Hasher {
 public:
  struct Verdict {
    bool matches = false;
    // It matches, and its hash was made at another cost than this hasher's: hash() it anew.
    bool needs_rehash = false;
  };
  using HashDone = std::function<void(Result<std::string> phc)>;
  using VerifyDone = std::function<void(Result<Verdict>)>;

  explicit Hasher(const HasherOptions& options);
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  // "$argon2id$v=19$m=…,t=…,p=1$salt$hash" with a new salt of libsodium's.
  void hash(vault::Password password, HashDone done);
  // kCorrupt where phc is no Argon2id hash of one lane, or one that would cost more than
  // kMemoryBytesMax and kPassesMax; that is seen before any of it is spent.
  void verify(vault::Password password, std::string phc, VerifyDone done);
  // Takes as long as verify() of a hash of this cost and never matches: for accounts that do not
  // exist, so that time does not tell.
  void verify_nobody(vault::Password password, VerifyDone done);

 private:
  class Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace dermaga::passwords
