#include "pkcs11_session.h"

#include <dlfcn.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "pkcs11_names.h"

namespace dermaga::vault {

namespace {

constexpr CK_ULONG kSlotsMax = 256;
constexpr CK_ULONG kKeyBytes = 32;
constexpr std::size_t kIvBytes = 12;
constexpr std::size_t kTagBytes = 16;

std::mutex process_use;

// The interface takes no const; what it only reads it does not change.
CK_BYTE* bytes_of(std::string_view text) {
  return reinterpret_cast<CK_BYTE*>(const_cast<char*>(text.data()));
}

template <typename T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof value};
}

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, std::string_view value) {
  return {type, bytes_of(value), value.size()};
}

CK_GCM_PARAMS gcm(std::string& iv, std::string_view associated) {
  return {.iv_ptr = bytes_of(iv),
          .iv_len = iv.size(),
          .iv_bits = iv.size() * 8,
          .aad_ptr = bytes_of(associated),
          .aad_len = associated.size(),
          .tag_bits = kTagBytes * 8};
}

// Labels of tokens are padded with spaces.
std::string_view label_of(const CK_TOKEN_INFO& token) {
  const std::string_view padded(reinterpret_cast<const char*>(token.label), sizeof token.label);
  return padded.substr(0, padded.find_last_not_of(' ') + 1);
}

bool is_about_bytes(CK_RV value) {
  // SoftHSM says CKR_GENERAL_ERROR for a wrong tag.
  return value == CKR_ENCRYPTED_DATA_INVALID || value == CKR_ENCRYPTED_DATA_LEN_RANGE ||
         value == CKR_DATA_INVALID || value == CKR_DATA_LEN_RANGE ||
         value == CKR_SIGNATURE_INVALID || value == CKR_GENERAL_ERROR ||
         value == CKR_FUNCTION_FAILED;
}

}  // namespace

Pkcs11Session::Pkcs11Session(Options options) : options_(std::move(options)), alone_(process_use) {}

Pkcs11Session::~Pkcs11Session() {
  if (has_session_) {
    functions_->C_Logout(session_);
    functions_->C_CloseSession(session_);
  }
  if (started_) {
    functions_->C_Finalize(nullptr);
  }
}

Error Pkcs11Session::error(std::string_view what, CK_RV value) const {
  return {ErrorCode::kUnavailable, "the PKCS#11 token \"" + options_.token + "\" does not " +
                                       std::string(what) + ": " + pkcs11_name(value)};
}

Status Pkcs11Session::start() {
  // Never unloaded: libraries of tokens leave handlers behind that run when the process ends.
  void* library = ::dlopen(options_.module.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    return make_error(ErrorCode::kUnavailable,
                      "the PKCS#11 library does not load: " + std::string(::dlerror()));
  }
  const auto get_functions =
      reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (get_functions == nullptr || get_functions(&functions_) != CKR_OK || functions_ == nullptr) {
    return make_error(ErrorCode::kInvalidArgument,
                      options_.module + " is not a PKCS#11 library: it has no C_GetFunctionList");
  }
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  const CK_RV value = functions_->C_Initialize(&arguments);
  started_ = value == CKR_OK;
  return started_ || value == CKR_CRYPTOKI_ALREADY_INITIALIZED
             ? Status()
             : make_error(ErrorCode::kUnavailable,
                          options_.module + " does not start: " + pkcs11_name(value));
}

Result<CK_SLOT_ID> Pkcs11Session::find_slot() {
  std::vector<CK_SLOT_ID> slots(kSlotsMax);
  CK_ULONG count = kSlotsMax;
  if (const CK_RV value = functions_->C_GetSlotList(CK_TRUE, slots.data(), &count);
      value != CKR_OK) {
    return make_error(ErrorCode::kUnavailable,
                      options_.module + " does not list its slots: " + pkcs11_name(value));
  }
  slots.resize(std::min(count, kSlotsMax));
  std::optional<CK_SLOT_ID> found;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO token{};
    if (functions_->C_GetTokenInfo(slot, &token) != CKR_OK || label_of(token) != options_.token) {
      continue;
    }
    if (found.has_value()) {
      return make_error(ErrorCode::kInvalidArgument,
                        options_.module + " sees two tokens labelled \"" + options_.token +
                            "\": labels must differ. Nothing was changed");
    }
    found = slot;
  }
  if (!found.has_value()) {
    return make_error(ErrorCode::kUnavailable, options_.module + " sees no token labelled \"" +
                                                   options_.token +
                                                   "\": is it connected? Nothing was changed");
  }
  return *found;
}

Status Pkcs11Session::log_in(const SecretText& pin) {
  const CK_RV value = functions_->C_Login(session_, CKU_USER, bytes_of(pin.reveal()),
                                          static_cast<CK_ULONG>(pin.reveal().size()));
  switch (value) {
    case CKR_OK:
    case CKR_USER_ALREADY_LOGGED_IN:
      return {};
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_EXPIRED:
    case CKR_PIN_LOCKED:
    case CKR_USER_PIN_NOT_INITIALIZED:
      return make_error(ErrorCode::kForbidden,
                        "the PKCS#11 token \"" + options_.token + "\" refuses the PIN in " +
                            options_.pin_file + ": " + pkcs11_name(value) +
                            "; tokens lock after a few wrong ones. Nothing was changed");
    default:
      return std::unexpected(error("let us log in", value));
  }
}

Result<std::unique_ptr<Pkcs11Session>> Pkcs11Session::open(const Options& options,
                                                           const SecretText& pin) {
  auto session = std::unique_ptr<Pkcs11Session>(new Pkcs11Session(options));
  RETURN_IF_ERROR(session->start());
  ASSIGN_OR_RETURN(const CK_SLOT_ID slot, session->find_slot());
  const CK_FLAGS flags = CKF_SERIAL_SESSION | (options.writes ? CKF_RW_SESSION : 0);
  if (const CK_RV value =
          session->functions_->C_OpenSession(slot, flags, nullptr, nullptr, &session->session_);
      value != CKR_OK) {
    return std::unexpected(session->error("open a session", value));
  }
  session->has_session_ = true;
  RETURN_IF_ERROR(session->log_in(pin));
  return session;
}

Result<std::optional<CK_OBJECT_HANDLE>> Pkcs11Session::find_key(std::string_view label,
                                                                std::string_view id) {
  CK_OBJECT_CLASS object_class = CKO_SECRET_KEY;
  CK_KEY_TYPE type = CKK_AES;
  CK_ATTRIBUTE wanted[] = {attribute(CKA_CLASS, object_class), attribute(CKA_KEY_TYPE, type),
                           attribute(CKA_LABEL, label), attribute(CKA_ID, id)};
  CK_RV value = functions_->C_FindObjectsInit(session_, wanted, std::size(wanted));
  CK_OBJECT_HANDLE found[2] = {};
  CK_ULONG count = 0;
  if (value == CKR_OK) {
    value = functions_->C_FindObjects(session_, found, std::size(found), &count);
    functions_->C_FindObjectsFinal(session_);
  }
  if (value != CKR_OK) {
    return std::unexpected(error("look for the root key", value));
  }
  if (count > 1) {
    return make_error(ErrorCode::kCorrupt, "the PKCS#11 token \"" + options_.token +
                                               "\" holds the root key twice. Nothing was changed");
  }
  if (count == 0) {
    return std::optional<CK_OBJECT_HANDLE>();
  }
  RETURN_IF_ERROR(check_stays_inside(found[0]));
  return std::optional(found[0]);
}

Status Pkcs11Session::check_stays_inside(CK_OBJECT_HANDLE key) {
  CK_BBOOL sensitive = CK_FALSE;
  CK_BBOOL extractable = CK_TRUE;
  CK_ULONG size = 0;
  CK_ATTRIBUTE asked[] = {attribute(CKA_SENSITIVE, sensitive),
                          attribute(CKA_EXTRACTABLE, extractable), attribute(CKA_VALUE_LEN, size)};
  if (const CK_RV value = functions_->C_GetAttributeValue(session_, key, asked, std::size(asked));
      value != CKR_OK) {
    return std::unexpected(error("tell what its root key may do", value));
  }
  if (sensitive != CK_TRUE || extractable != CK_FALSE || size != kKeyBytes) {
    return make_error(ErrorCode::kCorrupt,
                      "the root key in the PKCS#11 token \"" + options_.token +
                          "\" is not an AES-256 key that stays inside (CKA_SENSITIVE true, "
                          "CKA_EXTRACTABLE false). Nothing was changed");
  }
  return {};
}

Status Pkcs11Session::make_key(std::string_view label, std::string_view id) {
  CK_BBOOL yes = CK_TRUE;
  CK_BBOOL no = CK_FALSE;
  CK_ULONG size = kKeyBytes;
  CK_OBJECT_CLASS object_class = CKO_SECRET_KEY;
  CK_KEY_TYPE type = CKK_AES;
  CK_ATTRIBUTE key[] = {attribute(CKA_CLASS, object_class),
                        attribute(CKA_KEY_TYPE, type),
                        attribute(CKA_LABEL, label),
                        attribute(CKA_ID, id),
                        attribute(CKA_VALUE_LEN, size),
                        attribute(CKA_TOKEN, yes),
                        attribute(CKA_PRIVATE, yes),
                        attribute(CKA_SENSITIVE, yes),
                        attribute(CKA_EXTRACTABLE, no),
                        attribute(CKA_MODIFIABLE, no),
                        attribute(CKA_ENCRYPT, yes),
                        attribute(CKA_DECRYPT, yes),
                        attribute(CKA_WRAP, no),
                        attribute(CKA_UNWRAP, no),
                        attribute(CKA_SIGN, no),
                        attribute(CKA_VERIFY, no),
                        attribute(CKA_DERIVE, no)};
  CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE made = 0;
  const CK_RV value = functions_->C_GenerateKey(session_, &mechanism, key, std::size(key), &made);
  return value == CKR_OK ? Status()
                         : std::unexpected(error("make a root key (CKM_AES_KEY_GEN)", value));
}

Result<std::string> Pkcs11Session::seal(CK_OBJECT_HANDLE key, std::string iv,
                                        std::string_view associated, std::string_view plaintext) {
  CK_GCM_PARAMS parameters = gcm(iv, associated);
  CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
  std::string sealed(plaintext.size() + kTagBytes, '\0');
  CK_ULONG size = sealed.size();
  CK_RV value = functions_->C_EncryptInit(session_, &mechanism, key);
  if (value == CKR_OK) {
    value = functions_->C_Encrypt(session_, bytes_of(plaintext), plaintext.size(), bytes_of(sealed),
                                  &size);
  }
  if (value != CKR_OK) {
    return std::unexpected(error("wrap a key (CKM_AES_GCM)", value));
  }
  if (size != sealed.size()) {
    return make_error(ErrorCode::kInternal, "the PKCS#11 token \"" + options_.token + "\" gave " +
                                                std::to_string(size) + " bytes for a wrapped key");
  }
  return iv + sealed;
}

Result<std::string> Pkcs11Session::unseal(CK_OBJECT_HANDLE key, std::string_view associated,
                                          std::string_view sealed) {
  if (sealed.size() < kIvBytes + kTagBytes) {
    return make_error(ErrorCode::kCorrupt, "it is cut short");
  }
  std::string iv(sealed.substr(0, kIvBytes));
  const std::string_view ciphertext = sealed.substr(kIvBytes);
  CK_GCM_PARAMS parameters = gcm(iv, associated);
  CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
  // As long as the ciphertext: some tokens ask for room for the tag too.
  std::string plaintext(ciphertext.size(), '\0');
  CK_ULONG size = plaintext.size();
  CK_RV value = functions_->C_DecryptInit(session_, &mechanism, key);
  if (value == CKR_OK) {
    value = functions_->C_Decrypt(session_, bytes_of(ciphertext), ciphertext.size(),
                                  bytes_of(plaintext), &size);
    if (value != CKR_OK) {
      wipe(plaintext);
      Error refused = error("open a wrapped key (CKM_AES_GCM)", value);
      return is_about_bytes(value) ? make_error(ErrorCode::kCorrupt, refused.message())
                                   : std::unexpected(std::move(refused));
    }
  }
  if (value != CKR_OK) {
    return std::unexpected(error("open a wrapped key (CKM_AES_GCM)", value));
  }
  plaintext.resize(std::min<std::size_t>(size, plaintext.size()));
  return plaintext;
}

}  // namespace dermaga::vault
