#include "probe.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "decode.h"
#include "digest/digest.h"
#include "encoding/encoding.h"
#include "files/files.h"

namespace dermaga::tamper_probe {

namespace {

constexpr std::chrono::milliseconds kRequestTimeout{4'000};
constexpr std::size_t kBodyBytesMax =
    std::size_t{8} * 1024 * 1024;  // an edge serves no larger file
constexpr std::size_t kPageBytesMax = std::size_t{1024} * 1024;
constexpr std::size_t kFindingsMax = 50;
constexpr int kOk = 200;
constexpr int kRedirects = 300;
constexpr int kClientErrors = 400;
constexpr int kNotFound = 404;
constexpr int kTooMany = 429;
constexpr int kServerErrors = 500;

// An ordinary browser's, so that an edge cannot simply be kind to us.
constexpr std::string_view kUserAgent =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
    "Safari/537.36";
constexpr std::string_view kPageWanted =
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

// Pages that ask for something personal; `may_miss`: not every build has it.
struct PageKind {
  std::string_view name;  // of its list in commerce/page_policy
  std::string_view path;  // behind the language
  bool may_miss;
};
constexpr PageKind kPages[] = {{"checkout", "/checkout", false},
                               {"account", "/account", true},
                               {"account-sign-in", "/account/sign-in", true},
                               {"account-sign-up", "/account/sign-up", true},
                               {"account-verify", "/account/verify", true},
                               {"account-reset", "/account/reset", true}};

struct Target {
  std::string path;
  std::string page_name;  // empty: a file of the manifest
  std::string file;
  bool may_miss = false;
};

class Run {
 public:
  Run(const Expectation& expected, const Fetch& fetch, Report& report)
      : expected_(expected), fetch_(fetch), report_(report) {}

  void look_at(const Target& target) {
    const auto answer =
        fetch_(target.path, target.page_name.empty() ? "*/*" : std::string(kPageWanted));
    if (!answer.has_value()) {
      return not_fetched(target, answer.error());
    }
    if (answer->status >= kServerErrors || answer->status == kTooMany) {
      return not_reached(target, "answers " + std::to_string(answer->status));
    }
    if (target.may_miss && answer->status == kNotFound) {
      return;
    }
    if (answer->status != kOk) {
      const bool leads_away = answer->status >= kRedirects && answer->status < kClientErrors;
      return add(target, "answers " + std::to_string(answer->status) +
                             (leads_away ? " and leads to " + shown(answer->header("Location"))
                                         : std::string()));
    }
    const auto body = decode_content(answer->header("Content-Encoding"), answer->body,
                                     target.page_name.empty() ? kBodyBytesMax : kPageBytesMax);
    if (!body.has_value()) {
      return add(target, body.error().message());
    }
    if (target.page_name.empty()) {
      return check_file(target, *body);
    }
    ++report_.pages;
    check_headers(expected_, target.path, *answer, report_.findings);
    check_markup(expected_, target.path, target.page_name, *body, report_.findings);
  }

 private:
  void add(const Target& target, std::string what) {
    report_.findings.push_back({target.path, std::move(what)});
  }

  void not_reached(const Target& target, std::string_view why) {
    if (report_.reason.empty()) {
      report_.reason = target.path + ": " + shown(why);
    }
  }

  // Bytes that are no answer, or too many, came from somebody; silence did not.
  void not_fetched(const Target& target, const Error& error) {
    if (error.code() == ErrorCode::kCorrupt) {
      add(target, "an answer that is not HTTP");
    } else if (error.code() == ErrorCode::kInvalidArgument) {
      add(target, "an answer of more than " + std::to_string(kBodyBytesMax) + " bytes");
    } else {
      not_reached(target, error.message());
    }
  }

  void check_file(const Target& target, const std::string& body) {
    ++report_.files;
    const std::string hash = encoding::hex(digest::sha256(body));
    const std::string& wanted = expected_.manifest.files.at(target.file);
    if (hash != wanted) {
      add(target, "SHA-256 is " + hash + ", accepted was " + wanted);
    }
  }

  const Expectation& expected_;
  const Fetch& fetch_;
  Report& report_;
};

// Fisher and Yates.
void shuffle(std::vector<Target>& targets, Random& random) {
  for (std::size_t left = targets.size(); left > 1; --left) {
    std::uint64_t draw = 0;
    random.fill(&draw, sizeof draw);
    std::swap(targets[left - 1], targets[draw % left]);
  }
}

std::vector<Target> targets_of(const Expectation& expected, const ProbePlan& plan) {
  std::vector<Target> targets;
  for (const std::string& locale : plan.locales) {
    for (const PageKind& page : kPages) {
      targets.push_back({.path = "/" + locale + std::string(page.path),
                         .page_name = std::string(page.name),
                         .may_miss = page.may_miss});
    }
  }
  for (const auto& [file, hash] : expected.manifest.files) {
    targets.push_back({.path = std::string(kAssetsPath) + file, .file = file});
  }
  return targets;
}

}  // namespace

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kIntact:
      return "intact";
    case Outcome::kTampered:
      return "tampered";
    case Outcome::kUnreachable:
      return "unreachable";
    case Outcome::kNoManifest:
      break;
  }
  return "no_manifest";
}

Fetch fetch_from(const std::string& public_url, const std::string& ca_file) {
  return [public_url, ca_file](const std::string& path,
                               const std::string& wanted) -> Result<http::ClientResponse> {
    const std::vector<http::Header> headers = {{"User-Agent", std::string(kUserAgent)},
                                               {"Accept", wanted},
                                               {"Accept-Language", "id,en;q=0.8"},
                                               {"Accept-Encoding", "gzip, deflate, br, zstd"}};
    ASSIGN_OR_RETURN(const bool has_authority, files::exists(ca_file));
    if (!has_authority) {
      return make_error(ErrorCode::kUnavailable, ca_file + " is not there");
    }
    std::optional<Result<http::ClientResponse>> first;
    for (const std::string& authority : {ca_file, std::string()}) {
      http::Client client({.base_url = public_url,
                           .ca_file = authority,
                           .timeout = kRequestTimeout,
                           .body_bytes_max = kBodyBytesMax});
      auto answer = client.request("GET", path, headers);
      const bool is_about_trust = !answer.has_value() &&
                                  answer.error().code() == ErrorCode::kUnavailable &&
                                  answer.error().message().contains("TLS handshake");
      if (!is_about_trust) {
        return answer;
      }
      if (!first.has_value()) {
        first = std::move(answer);
      }
    }
    return *std::move(first);
  };
}

Report probe(const Expectation& expected, const ProbePlan& plan, const Fetch& fetch,
             const Clock& clock, Random& random) {
  Report report;
  auto targets = targets_of(expected, plan);
  shuffle(targets, random);
  Run run(expected, fetch, report);
  const SteadyTime end = clock.steady_now() + plan.patience;
  for (const Target& target : targets) {
    if (plan.ends() || report.findings.size() >= kFindingsMax) {
      break;
    }
    if (clock.steady_now() >= end) {
      report.reason = report.reason.empty() ? "it took too long" : report.reason;
      break;
    }
    run.look_at(target);
  }
  if (plan.ends() && report.reason.empty()) {
    report.reason = "the program is stopping";
  }
  report.outcome = !report.findings.empty() ? Outcome::kTampered
                   : !report.reason.empty() ? Outcome::kUnreachable
                                            : Outcome::kIntact;
  std::ranges::sort(report.findings, {},
                    [](const Finding& finding) { return std::tie(finding.where, finding.what); });
  return report;
}

}  // namespace dermaga::tamper_probe
