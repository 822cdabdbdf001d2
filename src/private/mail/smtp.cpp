#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "internet_message.h"
#include "mail/mail.h"

namespace dermaga::mail {

namespace {

constexpr long kReplyRefused = 500;  // RFC 5321 §4.2.1: permanent from here on

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyCleanup>;

// Other threads may run already, which curl's own first-use initialisation does not expect.
bool initialise_curl() {
  static std::once_flag once;
  static bool ready = false;
  std::call_once(once, [] { ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK; });
  return ready;
}

// What is still to be sent.
std::size_t give_bytes(char* buffer, std::size_t size, std::size_t count, void* rest) {
  auto& text = *static_cast<std::string_view*>(rest);
  const std::size_t given = std::min(text.size(), size * count);
  std::memcpy(buffer, text.data(), given);
  text.remove_prefix(given);
  return given;
}

int stop_if_asked(void* stopped, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(stopped)->load() ? 1 : 0;
}

// RFC 4954 §6: they are about us, not about this mail.
bool is_about_authentication(long reply) {
  return reply == 530 || reply == 534 || reply == 535 || reply == 538;
}

// Curl's own texts of what went wrong may repeat the server's words; these do not.
Status outcome(CURLcode code, long reply, bool stopped) {
  const std::string text =
      std::string("the mail server: ") + curl_easy_strerror(code) +
      (reply > 0 ? ", its last reply was " + std::to_string(reply) : std::string());
  switch (code) {
    case CURLE_OK:
      return {};
    case CURLE_ABORTED_BY_CALLBACK:
      return make_error(ErrorCode::kUnavailable, stopped ? "sending of mail was stopped" : text);
    case CURLE_OPERATION_TIMEDOUT:
      return make_error(ErrorCode::kTimeout, text);
    case CURLE_LOGIN_DENIED:
      return make_error(ErrorCode::kUnauthenticated, text);
    case CURLE_USE_SSL_FAILED:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
      return make_error(ErrorCode::kForbidden, text);
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UPLOAD_FAILED:
      if (is_about_authentication(reply)) {
        return make_error(ErrorCode::kUnauthenticated, text);
      }
      return make_error(
          reply >= kReplyRefused ? ErrorCode::kInvalidArgument : ErrorCode::kUnavailable, text);
    default:
      return make_error(ErrorCode::kUnavailable, text);
  }
}

std::string bracketed(std::string_view address) {
  return "<" + std::string(address) + ">";
}

class Smtp final : public Transport {
 public:
  explicit Smtp(SmtpOptions options) : options_(std::move(options)) {}

  void stop() override { stopped_ = true; }

  Status send(const Message& message) override {
    ASSIGN_OR_RETURN(const vault::SecretText mail, internet_message({.from = options_.from,
                                                                     .now = options_.clock.now(),
                                                                     .random = options_.random},
                                                                    message));
    const Easy easy(curl_easy_init());
    if (easy == nullptr) {
      return make_error(ErrorCode::kUnavailable, "curl does not start");
    }
    const std::unique_ptr<curl_slist, ListCleanup> recipients(
        curl_slist_append(nullptr, bracketed(message.to.reveal()).c_str()));
    std::string_view rest = mail.reveal();
    CURLcode code = set_connection(easy.get());
    if (code == CURLE_OK && !options_.user.empty()) {
      ASSIGN_OR_RETURN(const vault::SecretText password,
                       vault::read_outside_secret(options_.password));
      code = set(easy.get(), CURLOPT_USERNAME, options_.user.c_str());
      if (code == CURLE_OK) {
        code = set(easy.get(), CURLOPT_PASSWORD, password.reveal().data());  // of a std::string
      }
    }
    if (code == CURLE_OK) {
      code = set_mail(easy.get(), recipients.get(), rest);
    }
    if (code != CURLE_OK) {
      return make_error(ErrorCode::kUnavailable,
                        std::string("curl refuses its settings: ") + curl_easy_strerror(code));
    }
    code = curl_easy_perform(easy.get());
    long reply = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &reply);
    return outcome(code, reply, stopped_);
  }

 private:
  template <typename Value>
  static CURLcode set(CURL* easy, CURLoption option, Value value) {
    return curl_easy_setopt(easy, option, value);
  }

  CURLcode set_connection(CURL* easy) {
    // The path is what we say in EHLO: else curl tells the name of this host.
    const std::string domain = options_.from.address.substr(options_.from.address.rfind('@') + 1);
    const CURLcode codes[] = {
        set(easy, CURLOPT_URL, (options_.url + "/" + domain).c_str()),
        set(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
        set(easy, CURLOPT_PROXY, ""),  // none from the environment either
        set(easy, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL)),
        set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)),
        set(easy, CURLOPT_SSL_VERIFYPEER, 1L),
        set(easy, CURLOPT_SSL_VERIFYHOST, 2L),
        options_.ca_file.empty() ? CURLE_OK : set(easy, CURLOPT_CAINFO, options_.ca_file.c_str()),
        options_.ca_file.empty() ? CURLE_OK : set(easy, CURLOPT_CAPATH, nullptr),
        set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count())),
        set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count())),
        set(easy, CURLOPT_NOSIGNAL, 1L),
        set(easy, CURLOPT_QUICK_EXIT, 1L),  // a name server that is silent keeps nobody waiting
        set(easy, CURLOPT_NOPROGRESS, 0L),
        set(easy, CURLOPT_XFERINFOFUNCTION, &stop_if_asked),
        set(easy, CURLOPT_XFERINFODATA, static_cast<void*>(&stopped_)),
    };
    return first_error(codes);
  }

  CURLcode set_mail(CURL* easy, curl_slist* recipients, std::string_view& rest) {
    const CURLcode codes[] = {
        set(easy, CURLOPT_MAIL_FROM, bracketed(options_.from.address).c_str()),
        set(easy, CURLOPT_MAIL_RCPT, recipients),
        set(easy, CURLOPT_UPLOAD, 1L),
        set(easy, CURLOPT_READFUNCTION, &give_bytes),
        set(easy, CURLOPT_READDATA, static_cast<void*>(&rest)),
        set(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(rest.size())),
    };
    return first_error(codes);
  }

  template <std::size_t count>
  static CURLcode first_error(const CURLcode (&codes)[count]) {
    const auto* found = std::ranges::find_if(codes, [](CURLcode code) { return code != CURLE_OK; });
    return found == std::end(codes) ? CURLE_OK : *found;
  }

  const SmtpOptions options_;
  std::atomic<bool> stopped_ = false;
};

// An origin: "smtp://host", "smtps://host:465".
bool is_mail_server(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return false;
  }
  const std::string_view name = url.substr(0, scheme);
  const std::string_view host = url.substr(scheme + 3);
  return (name == "smtp" || name == "smtps") && !host.empty() &&
         host.find_first_of("/@?#\\ \r\n") == std::string_view::npos;
}

}  // namespace

Result<std::unique_ptr<Transport>> make_smtp(SmtpOptions options) {
  if (!is_mail_server(options.url)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a mail server is named smtp://host:587 or smtps://host:465");
  }
  RETURN_IF_ERROR(check_sender(options.from));
  if (!options.user.empty()) {
    RETURN_IF_ERROR(vault::read_outside_secret(options.password));
  }
  if (!initialise_curl()) {
    return make_error(ErrorCode::kInternal, "curl cannot be initialised");
  }
  return std::make_unique<Smtp>(std::move(options));
}

}  // namespace dermaga::mail
