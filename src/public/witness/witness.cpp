#include "witness/witness.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "countersigner.h"
#include "log/log.h"

namespace dermaga::witness {
namespace {

using std::chrono::milliseconds;

// Longer than the link waits: its answer is the better word.
constexpr milliseconds kAnswerTimeout{30'000};
// After something new was countersigned core shall have it soon, but no faster than this.
constexpr milliseconds kAgain{1'000};

// Where an answer arrives; may outlive whoever waits for it.
struct Mailbox {
  std::mutex mutex;
  std::condition_variable_any arrived;
  std::optional<Result<contract::WitnessAnswer>> answer;
};

class WitnessImpl final : public Witness {
 public:
  WitnessImpl(const WitnessOptions& options, WitnessedCore& core, Random& random)
      : options_(options),
        core_(core),
        random_(random),
        rewritten_(options.registry->gauge(
            "dermaga_edge_audit_log_rewritten",
            "1 once core's audit log was no continuation of what this edge countersigned.")),
        size_(options.registry->gauge("dermaga_edge_audit_countersigned_size",
                                      "Entries of the audit log that this edge countersigned.")) {}
  ~WitnessImpl() override {
    worker_.request_stop();
    changed_.notify_all();
  }

  void begin() {
    auto opened = Countersigner::open(options_.file);
    if (!opened.has_value()) {
      log::error("audit_log_unwatched", {{"error", opened.error().message()}});
      return;
    }
    Countersigner countersigner = *std::move(opened);
    show(countersigner, countersigner.stopped().empty()
                            ? Status()
                            : make_error(ErrorCode::kCorrupt, countersigner.stopped()));
    worker_ = std::jthread([this, countersigner = std::move(countersigner)](
                               const std::stop_token& stop) mutable { run(countersigner, stop); });
  }

  void on_keys(const contract::EdgeKeys& keys) override {
    {
      const std::lock_guard lock(mutex_);
      log_ = {.origin = keys.audit_origin, .public_key = keys.audit_public_key};
    }
    changed_.notify_one();
  }

 private:
  // Everything below runs on the worker, but for what begin() shows.
  void run(Countersigner& countersigner, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const milliseconds pause = round(countersigner, stop);
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, pause, [this] { return log_.has_value(); });
    }
  }

  // Does what is due and says how long to wait then.
  milliseconds round(Countersigner& countersigner, const std::stop_token& stop) {
    if (const auto log = told_log()) {
      show(countersigner, countersigner.pin(*log));
    }
    if (!countersigner.is_pinned() || !countersigner.stopped().empty()) {
      return jittered();
    }
    if (!core_.connected()) {
      return std::min(kAgain, options_.every);
    }
    const auto answer = ask(countersigner.request(), stop);
    if (!answer.has_value()) {
      log::warning("audit_log_not_seen", {{"error", answer.error().message()}});
      return jittered();
    }
    const auto countersigned = countersigner.take(*answer);
    show(countersigner,
         countersigned.has_value() ? Status() : std::unexpected(countersigned.error()));
    return countersigned.value_or(false) ? std::min(kAgain, options_.every) : jittered();
  }

  // The log as core told it since the last look.
  std::optional<signed_note::Signer> told_log() {
    const std::lock_guard lock(mutex_);
    auto log = std::exchange(log_, std::nullopt);
    return log.has_value() && !log->public_key.empty() ? log : std::nullopt;
  }

  Result<contract::WitnessAnswer> ask(const contract::WitnessRequest& request,
                                      const std::stop_token& stop) {
    const auto mailbox = std::make_shared<Mailbox>();
    core_.witness(request, [mailbox](Result<contract::WitnessAnswer> answer) {
      const std::lock_guard lock(mailbox->mutex);
      mailbox->answer = std::move(answer);
      mailbox->arrived.notify_all();
    });
    std::unique_lock lock(mailbox->mutex);
    auto& answer = mailbox->answer;
    mailbox->arrived.wait_for(lock, stop, kAnswerTimeout, [&answer] { return answer.has_value(); });
    if (!answer.has_value()) {
      return make_error(ErrorCode::kTimeout, "core did not answer in time");
    }
    return *std::move(answer);
  }

  void show(const Countersigner& countersigner, const Status& status) {
    size_.set(static_cast<double>(countersigner.size()));
    rewritten_.set(countersigner.stopped().empty() ? 0 : 1);
    if (!status.has_value() && status.error().code() == ErrorCode::kCorrupt) {
      log::error("audit_log_rewritten",
                 {{"error", status.error().message()}, {"file", options_.file}});
    } else if (!status.has_value()) {
      log::error("audit_log_not_countersigned", {{"error", status.error().message()}});
    }
  }

  // Between three and five quarters, so that edges that start together do not ask together.
  milliseconds jittered() {
    std::uint32_t draw = 0;
    random_.fill(&draw, sizeof draw);
    const auto half = options_.every.count() / 2;
    return milliseconds(options_.every.count() - half / 2 +
                        static_cast<std::int64_t>(draw) % (half + 1));
  }

  const WitnessOptions options_;
  WitnessedCore& core_;
  Random& random_;
  metrics::Gauge& rewritten_;
  metrics::Gauge& size_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<signed_note::Signer> log_;
  std::jthread worker_;
};

}  // namespace

std::unique_ptr<Witness> Witness::start(const WitnessOptions& options, WitnessedCore& core,
                                        Random& random) {
  CHECK(options.registry != nullptr);
  auto witness = std::make_unique<WitnessImpl>(options, core, random);
  witness->begin();
  return witness;
}

}  // namespace dermaga::witness
