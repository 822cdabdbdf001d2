#include "tamper_probe/watch.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "files/files.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "probe.h"

namespace dermaga::tamper_probe {

namespace {

constexpr std::string_view kTampered = "tampered\n";
constexpr std::string_view kIntact = "intact\n";
constexpr std::uint64_t kStateBytesMax = 64;
constexpr std::size_t kDetailBytesMax = 900;  // an audit entry's words have 1,024
constexpr std::size_t kLoggedMax = 10;

// As many findings as an entry holds.
std::string detail_of(const std::vector<Finding>& findings) {
  std::string detail;
  std::size_t told = 0;
  for (const Finding& finding : findings) {
    const std::string one = (told == 0 ? "" : "; ") + finding.where + " " + finding.what;
    if (detail.size() + one.size() > kDetailBytesMax) {
      break;
    }
    detail += one;
    ++told;
  }
  return detail + (told < findings.size()
                       ? "; and " + std::to_string(findings.size() - told) + " more"
                       : "");
}

class Metrics {
 public:
  explicit Metrics(metrics::Registry* registry) : registry_(registry) {
    for (const Outcome outcome :
         {Outcome::kIntact, Outcome::kTampered, Outcome::kUnreachable, Outcome::kNoManifest}) {
      count(outcome, 0);
    }
  }

  void count(Outcome outcome, int by = 1) const {
    if (registry_ != nullptr) {
      registry_
          ->counter("dermaga_core_storefront_probe_runs_total",
                    "Looks at the storefront from outside, by outcome.",
                    {{"outcome", std::string(name(outcome))}})
          .increment(by);
    }
  }
  void show_tampered(bool tampered) const {
    if (registry_ != nullptr) {
      registry_
          ->gauge("dermaga_core_storefront_probe_tampered",
                  "1 while the storefront is not the build that was accepted.")
          .set(tampered ? 1 : 0);
    }
  }
  void show_success(UtcTime at) const {
    if (registry_ != nullptr) {
      registry_
          ->gauge("dermaga_core_storefront_probe_last_success_timestamp_seconds",
                  "When the storefront was last seen whole.")
          .set(static_cast<double>(to_unix_ms(at)) / 1000);
    }
  }

 private:
  metrics::Registry* registry_;
};

class HttpsWatch final : public Watch {
 public:
  HttpsWatch(const Ports& ports, WatchOptions options, Acceptance acceptance, bool tampered)
      : ports_(ports),
        options_(std::move(options)),
        acceptance_(std::move(acceptance)),
        metrics_(ports.registry),
        tampered_(tampered) {
    metrics_.show_tampered(tampered_);
  }

  ~HttpsWatch() override {
    end_now();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  const Acceptance& acceptance() const override { return acceptance_; }

  Report run() override {
    const std::lock_guard lock(run_mutex_);
    Report report;
    if (const auto manifest = acceptance_.read(); manifest.has_value()) {
      report = look(*manifest);
    } else {
      report.reason = manifest.error().message();
    }
    metrics_.count(report.outcome);
    tell(report);
    judge(report);
    return report;
  }

  void end() override { end_now(); }

  void start() override {
    CHECK(!thread_.joinable());
    thread_ = std::thread([this] {
      while (wait()) {
        run();
      }
    });
  }

 private:
  void end_now() {
    {
      const std::lock_guard lock(wait_mutex_);
      ends_ = true;
    }
    wake_.notify_all();
  }

  // A new catalog may name other hosts of pictures, and edges have it a moment later.
  Report look(const Manifest& manifest) {
    while (true) {
      const std::string policy = ports_.policy();
      Expectation expected{
          .manifest = manifest, .policies = {policy}, .public_url = options_.public_url};
      if (!last_policy_.empty()) {
        expected.policies.push_back(last_policy_);
      }
      last_policy_ = policy;
      Report report =
          probe(expected, {.locales = options_.locales, .ends = [this] { return ends_.load(); }},
                options_.fetch, ports_.clock, ports_.random);
      if (report.outcome != Outcome::kTampered || ports_.policy() == policy || ends_) {
        return report;
      }
    }
  }

  void tell(const Report& report) {
    std::string text(name(report.outcome));
    for (const Finding& finding : report.findings) {
      text += "\n" + finding.where + " " + finding.what;
    }
    if (std::exchange(last_told_, text) == text) {
      return;  // as before
    }
    if (report.outcome == Outcome::kIntact) {
      log::info("storefront_intact", {{"pages", report.pages}, {"files", report.files}});
    } else if (report.outcome != Outcome::kTampered) {
      log::warning("storefront_not_probed",
                   {{"outcome", name(report.outcome)}, {"reason", report.reason}});
    }
    for (std::size_t i = 0; i < std::min(report.findings.size(), kLoggedMax); ++i) {
      log::error("storefront_tampered",
                 {{"where", report.findings[i].where}, {"what", report.findings[i].what}});
    }
  }

  void judge(const Report& report) {
    if (report.outcome == Outcome::kTampered) {
      clean_runs_ = 0;
      if (!tampered_) {
        become(true, {.actor = {.name = "core", .source = "tamper probe"},
                      .action = "storefront.tampered",
                      .subject = report.findings.front().where,
                      .detail = detail_of(report.findings)});
      }
    } else if (report.outcome == Outcome::kIntact) {
      metrics_.show_success(ports_.clock.now());
      ++clean_runs_;
      if (tampered_ && clean_runs_ >= options_.clean_runs) {
        become(false, {.actor = {.name = "core", .source = "tamper probe"},
                       .action = "storefront.intact",
                       .detail = std::to_string(report.pages) + " pages, " +
                                 std::to_string(report.files) + " files"});
      }
    }
  }

  // The entry first: after a crash between the two it comes twice, it is never left out. The alarm
  // does not wait for it.
  void become(bool tampered, const audit::Act& act) {
    metrics_.show_tampered(tampered);
    Status kept = ports_.audit_log.record(act);
    if (kept.has_value()) {
      kept =
          files::write_file_atomically(options_.state_file, tampered ? kTampered : kIntact, 0600);
    }
    if (!kept.has_value()) {
      log::error("storefront_alarm_not_recorded", {{"reason", kept.error().message()}});
      return;  // the next run tries again
    }
    tampered_ = tampered;
  }

  // False at the end.
  bool wait() {
    std::uint32_t draw = 0;
    ports_.random.fill(&draw, sizeof draw);
    const double share = 0.5 + static_cast<double>(draw) / 4294967296.0;
    const std::chrono::duration<double, std::milli> pause = options_.interval * share;
    std::unique_lock lock(wait_mutex_);
    return !wake_.wait_for(lock, pause, [this] { return ends_.load(); });
  }

  const Ports ports_;
  const WatchOptions options_;
  const Acceptance acceptance_;
  const Metrics metrics_;
  std::mutex run_mutex_;
  bool tampered_;
  int clean_runs_ = 0;
  std::string last_policy_;
  std::string last_told_;
  std::mutex wait_mutex_;
  std::condition_variable wake_;
  std::atomic<bool> ends_ = false;
  std::thread thread_;
};

Result<bool> was_tampered(const std::string& file) {
  const auto text = files::read_file(file, kStateBytesMax);
  if (!text.has_value() && text.error().code() != ErrorCode::kNotFound) {
    return std::unexpected(text.error());
  }
  return text.has_value() && *text == kTampered;
}

}  // namespace

Result<std::unique_ptr<Watch>> Watch::open(const Ports& ports, WatchOptions options) {
  ASSIGN_OR_RETURN(Acceptance acceptance, Acceptance::open(ports.vault, options.manifest_file));
  ASSIGN_OR_RETURN(const bool tampered, was_tampered(options.state_file));
  if (!options.fetch) {
    options.fetch = fetch_from(options.public_url, options.ca_file);
  }
  return std::make_unique<HttpsWatch>(ports, std::move(options), std::move(acceptance), tampered);
}

}  // namespace dermaga::tamper_probe
