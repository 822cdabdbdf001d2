#include "dialing/caller.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "dialing/renewal.h"
#include "log/log.h"

namespace dermaga::dialing {
namespace {

constexpr std::chrono::milliseconds kTick{500};

class CallerImpl final : public Caller {
 public:
  CallerImpl(const CallerOptions& options, const Credentials& credentials)
      : options_(options),
        clock_(system_clock()),
        renewal_(options.credentials, clock_, options.registry) {
    use(credentials);
    thread_ = std::thread([this] { run(); });
  }

  ~CallerImpl() override { close(); }

  void close() override {
    std::shared_ptr<Connection> last;
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(stopping_, true)) {
        return;
      }
    }
    changed_.notify_one();
    thread_.join();
    {
      const std::lock_guard lock(mutex_);
      last = std::exchange(current_, nullptr);
    }
    retire(last);
    retire(former_);
  }

  bool connected() const override {
    const auto connection = current();
    return connection != nullptr && connection->ready();
  }

  void call(const std::string& method, const std::string& request, CallDone done) override {
    const auto connection = current();
    if (connection == nullptr || !connection->ready() || !connection->call(method, request, done)) {
      done(make_error(ErrorCode::kUnavailable, options_.connection.target + " is not connected"));
    }
  }

 private:
  std::shared_ptr<Connection> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  static void retire(std::shared_ptr<Connection>& connection) {
    if (connection != nullptr) {
      connection->close();
      connection.reset();
    }
  }

  // From now on calls go over a new connection with these; those under way end on the former one.
  void use(const Credentials& credentials) {
    retire(former_);
    std::shared_ptr<Connection> made = Connection::create(options_.connection, credentials);
    (void)made->ready();  // begins to connect
    serial_ = credentials.info.serial_hex;
    renewal_.plan(credentials.info);
    former_until_ = clock_.steady_now() + options_.connection.call_timeout;
    const std::lock_guard lock(mutex_);
    former_ = std::exchange(current_, std::move(made));
  }

  void run() {
    auto look_at = clock_.steady_now() + options_.look_every;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      changed_.wait_for(lock, kTick);
      auto answer = std::exchange(renewal_answer_, std::nullopt);
      lock.unlock();
      const SteadyTime now = clock_.steady_now();
      const bool replaced = answer.has_value() && renewal_.finish(*std::move(answer));
      if (replaced || now >= look_at) {
        look_at = now + options_.look_every;
        look_for_certificate();
      }
      if (former_ != nullptr && (former_->idle() || now >= former_until_)) {
        retire(former_);
      }
      if (options_.renews && renewal_.is_due() && connected()) {
        ask_for_certificate();
      }
      lock.lock();
    }
  }

  void look_for_certificate() {
    const auto credentials = load_credentials(options_.credentials);
    if (!credentials.has_value()) {
      log::error("link_certificate_unusable", {{"error", credentials.error().message()}});
    } else if (credentials->info.serial_hex != serial_) {
      use(*credentials);
    }
  }

  void ask_for_certificate() {
    const auto request = renewal_.begin();
    if (!request.has_value()) {
      return;
    }
    call("/dermaga.link.v1.Certificates/Renew", *request, [this](Result<std::string> answer) {
      const std::lock_guard lock(mutex_);
      renewal_answer_ = std::move(answer);
    });
  }

  const CallerOptions options_;
  const Clock& clock_;
  // Of the thread only, but for the constructor and the destructor.
  Renewal renewal_;
  std::string serial_;
  std::shared_ptr<Connection> former_;
  SteadyTime former_until_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Connection> current_;
  std::optional<Result<std::string>> renewal_answer_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Caller>> Caller::start(const CallerOptions& options) {
  ASSIGN_OR_RETURN(const auto credentials, load_credentials(options.credentials));
  return std::make_unique<CallerImpl>(options, credentials);
}

}  // namespace dermaga::dialing
