#include "passwords/hasher.h"

#include <sched.h>
#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "argon2.h"
#include "metrics/metrics.h"

namespace dermaga::passwords {
namespace {

constexpr int kNice = 10;  // above the process's own
constexpr int kNiceMax = 19;

// On Linux both are a thread's own and need no privilege; only latency of others is lost where they
// fail. SCHED_BATCH: a thread that wakes up here preempts nobody.
void lower_own_priority() {
  const auto thread = static_cast<id_t>(::gettid());
  const int present = ::getpriority(PRIO_PROCESS, thread);
  (void)::setpriority(PRIO_PROCESS, thread, std::min(present + kNice, kNiceMax));
  const sched_param none{};
  (void)::sched_setscheduler(0, SCHED_BATCH, &none);
}

std::string_view outcome_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kOverloaded:
      return "overloaded";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kInvalidArgument:
      return "refused";
    default:
      return "unavailable";
  }
}

class Meters {
 public:
  explicit Meters(metrics::Registry* registry) : registry_(registry) { set_waiting(0); }

  void count(std::string_view outcome) const {
    if (registry_ != nullptr) {
      registry_
          ->counter("dermaga_core_password_checks_total",
                    "Passwords checked or hashed, by outcome.", {{"outcome", std::string(outcome)}})
          .increment();
    }
  }

  void set_waiting(std::size_t waiting) const {
    if (registry_ != nullptr) {
      registry_
          ->gauge("dermaga_core_password_checks_waiting", "Passwords that wait for a thread now.")
          .set(static_cast<double>(waiting));
    }
  }

 private:
  metrics::Registry* registry_;
};

struct Job {
  vault::Password password;
  std::string phc;  // what to verify against
  bool for_nobody = false;
  std::variant<Hasher::HashDone, Hasher::VerifyDone> done;
};

}  // namespace

class Hasher::Pool {
 public:
  explicit Pool(const HasherOptions& options)
      : cost_(options.cost),
        waiting_max_(std::max<std::size_t>(1, options.waiting_max)),
        meters_(options.registry) {
    CHECK(sodium_init() >= 0);
    CHECK(cost_.memory_bytes >= kMemoryBytesMin && cost_.memory_bytes <= kMemoryBytesMax);
    CHECK(cost_.passes >= 1 && cost_.passes <= kPassesMax);
    for (unsigned i = 0; i < std::max(1U, options.threads); ++i) {
      threads_.emplace_back([this] { run(); });
    }
  }

  ~Pool() {
    std::deque<Job> dropped;
    {
      const std::lock_guard lock(mutex_);
      ends_ = true;
      dropped.swap(waiting_);
      meters_.set_waiting(0);
    }
    added_.notify_all();
    for (Job& job : dropped) {
      refuse(job, stopping());
    }
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  const Cost& cost() const { return cost_; }

  void enter(Job job) {
    if (job.password.reveal().size() > kPasswordBytesMax) {
      refuse(job, Error(ErrorCode::kInvalidArgument, "a password of too many bytes"));
      return;
    }
    std::unique_lock lock(mutex_);
    if (ends_ || waiting_.size() >= waiting_max_) {
      const bool ends = ends_;
      lock.unlock();
      refuse(job, ends ? stopping()
                       : Error(ErrorCode::kOverloaded, "too many passwords wait to be checked"));
      return;
    }
    waiting_.push_back(std::move(job));
    meters_.set_waiting(waiting_.size());
    lock.unlock();
    added_.notify_one();
  }

 private:
  static Error stopping() {
    return {ErrorCode::kUnavailable, "the password was not checked: the program is stopping"};
  }

  void refuse(Job& job, const Error& error) const {
    meters_.count(outcome_of(error));
    std::visit([&](auto& done) { done(std::unexpected(error)); }, job.done);
  }

  void run() {
    lower_own_priority();
    std::unique_lock lock(mutex_);
    while (true) {
      added_.wait(lock, [this] { return ends_ || !waiting_.empty(); });
      if (waiting_.empty()) {
        return;
      }
      {
        Job job = std::move(waiting_.front());
        waiting_.pop_front();
        meters_.set_waiting(waiting_.size());
        lock.unlock();
        work(std::move(job));
      }
      lock.lock();
    }
  }

  void work(Job job) const {
    if (const auto* hashed = std::get_if<HashDone>(&job.done)) {
      auto phc = argon2_hash(job.password, cost_);
      meters_.count(phc.has_value() ? "hashed" : outcome_of(phc.error()));
      job.password = vault::Password();
      (*hashed)(std::move(phc));
      return;
    }
    auto verdict = judge(job);
    job.password = vault::Password();
    std::get<VerifyDone>(job.done)(std::move(verdict));
  }

  Result<Verdict> judge(const Job& job) const {
    auto matches = argon2_verify(job.password, job.phc);
    if (!matches.has_value()) {
      meters_.count(outcome_of(matches.error()));
      return std::unexpected(std::move(matches).error());
    }
    if (job.for_nobody || !*matches) {
      meters_.count(job.for_nobody ? "no_account" : "mismatch");
      return Verdict{};
    }
    meters_.count("match");
    const auto cost = cost_of(job.phc);
    return Verdict{.matches = true,
                   .needs_rehash = !cost ||
                                   cost->memory_bytes != cost_.memory_bytes / 1024 * 1024 ||
                                   cost->passes != cost_.passes};
  }

  const Cost cost_;
  const std::size_t waiting_max_;
  const Meters meters_;

  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<Job> waiting_;
  bool ends_ = false;
  std::vector<std::thread> threads_;
};

Hasher::Hasher(const HasherOptions& options) : pool_(std::make_unique<Pool>(options)) {}

Hasher::~Hasher() = default;

void Hasher::hash(vault::Password password, HashDone done) {
  pool_->enter({.password = std::move(password), .phc = {}, .done = std::move(done)});
}

void Hasher::verify(vault::Password password, std::string phc, VerifyDone done) {
  pool_->enter({.password = std::move(password), .phc = std::move(phc), .done = std::move(done)});
}

void Hasher::verify_nobody(vault::Password password, VerifyDone done) {
  pool_->enter({.password = std::move(password),
                .phc = nobodys_phc(pool_->cost()),
                .for_nobody = true,
                .done = std::move(done)});
}

}  // namespace dermaga::passwords
