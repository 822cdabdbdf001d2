#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dermaga::test_authenticator {

// COSE numbers.
enum class Algorithm : std::int32_t {
  kEs256 = -7,
  kEdDsa = -8,
  kEs384 = -35,  // to be refused
  kRs256 = -257,
};

// What the next ceremony does. An honest authenticator at first.
struct Behaviour {
  std::uint32_t counter = 1;  // of the next signature; grows by one with each, unless it is zero
  bool is_user_present = true;
  bool is_user_verified = true;
  bool is_cross_origin = false;
  bool attests_itself = false;  // a packed statement in place of none
  std::string extensions;       // a CBOR map, where there are any
};

// Raw bytes, as navigator.credentials returns them.
struct Created {
  std::string credential_id;
  std::string client_data_json;
  std::string attestation_object;
};
struct Got {
  std::string credential_id;
  std::string client_data_json;
  std::string authenticator_data;
  std::string signature;
  std::string user_handle;  // as create() was given it
};

// What the page asks for; challenges are raw bytes.
struct Request {
  std::string rp_id;
  std::string origin;
  std::string challenge;
};

// One passkey. Not thread-safe; ends the test program where OpenSSL fails.
class Authenticator {
 public:
  explicit Authenticator(Algorithm algorithm = Algorithm::kEs256,
                         std::size_t credential_id_bytes = 32);
  ~Authenticator();
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  Behaviour& behaviour() { return behaviour_; }
  const std::string& credential_id() const { return credential_id_; }

  Created create(const Request& request, std::string_view user_handle);
  Got get(const Request& request);

  // Over any bytes, as its algorithm signs them.
  std::string sign(std::string_view message) const;

 private:
  struct Key;
  std::string authenticator_data(std::string_view rp_id, bool with_credential);
  std::string client_data(std::string_view type, const Request& request) const;

  Algorithm algorithm_;
  std::unique_ptr<Key> key_;
  std::string credential_id_;
  std::string user_handle_;
  Behaviour behaviour_;
};

}  // namespace dermaga::test_authenticator
