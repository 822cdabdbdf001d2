#pragma once

#include <p11-kit/pkcs11.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "result/result.h"
#include "vault/secret.h"

namespace dermaga::vault {

// A session with one token, logged in as its user. The library is started for it and ended after
// it, so that a token may come and go between uses; sessions of one process wait for each other
// therefore. Time-outs are the library's. One thread.
//
// Errors: kForbidden where the PIN is refused, kUnavailable where library or token do not answer,
// each with the name of the CKR code.
class Pkcs11Session {
 public:
  struct Options {
    std::string module;
    std::string token;     // its label
    std::string pin_file;  // for messages
    bool writes = false;   // a session that may make keys
  };
  static Result<std::unique_ptr<Pkcs11Session>> open(const Options& options, const SecretText& pin);
  Pkcs11Session(const Pkcs11Session&) = delete;
  Pkcs11Session& operator=(const Pkcs11Session&) = delete;
  ~Pkcs11Session();

  // The AES-256 key of this label and id. kCorrupt where there are two, or where it could leave the
  // token.
  Result<std::optional<CK_OBJECT_HANDLE>> find_key(std::string_view label, std::string_view id);
  // Makes it inside the token, for good, never to leave it.
  Status make_key(std::string_view label, std::string_view id);

  // AES-GCM: IV ‖ ciphertext ‖ tag. The token may take an IV of its own in place of this one.
  Result<std::string> seal(CK_OBJECT_HANDLE key, std::string iv, std::string_view associated,
                           std::string_view plaintext);
  // kCorrupt when it does not open. The caller wipes the text.
  Result<std::string> unseal(CK_OBJECT_HANDLE key, std::string_view associated,
                             std::string_view sealed);

 private:
  explicit Pkcs11Session(Options options);
  Status start();
  Result<CK_SLOT_ID> find_slot();
  Status log_in(const SecretText& pin);
  Status check_stays_inside(CK_OBJECT_HANDLE key);
  Error error(std::string_view what, CK_RV value) const;

  Options options_;
  std::unique_lock<std::mutex> alone_;
  CK_FUNCTION_LIST* functions_ = nullptr;
  CK_SESSION_HANDLE session_ = 0;
  bool started_ = false;  // by us, so that we end it
  bool has_session_ = false;
};

}  // namespace dermaga::vault
