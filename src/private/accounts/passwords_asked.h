#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "accounts/ports.h"
#include "outcome.h"
#include "proofs/tries.h"

namespace dermaga::accounts {

// One password against one hash, or against nobody's in the same time. The try is counted before,
// and given back where nothing was judged; where the password matches, `done` gives it back.
struct PasswordTry {
  vault::Password password;
  std::optional<std::string> password_hash;
  std::vector<proofs::Budget> budgets;
  bool is_strangers = false;  // which hasher it waits for
};
using Verdict = passwords::Hasher::Verdict;
// `done` is called once, here or on a thread of the hasher.
void try_password(const Ports& ports, PasswordTry attempt,
                  std::function<void(Outcome<Verdict>)> done);

// A new password: 422 with the code of passwords::Refusal, or hashed.
struct NewPassword {
  vault::Password password;
  std::vector<std::string> about;  // name, e-mail address
  bool is_strangers = false;
};
void hash_new_password(const Ports& ports, NewPassword wanted,
                       std::function<void(Outcome<std::string>)> done);

}  // namespace dermaga::accounts
