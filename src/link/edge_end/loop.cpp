#include "loop.h"

#include <algorithm>

#include "credential_files.h"
#include "log/log.h"
#include "wire/messages.h"
#include "wire/snapshot.h"

namespace dermaga::edge_end {

namespace {

constexpr std::chrono::seconds kOpenTimeout{5};
constexpr std::chrono::seconds kKeysEvery{60};
constexpr std::chrono::milliseconds kTickMax{1'000};
constexpr std::chrono::milliseconds kDrainingTick{20};

bool same(const contract::EdgeKeys& left, const contract::EdgeKeys& right) {
  return left.derivation_key == right.derivation_key &&
         left.sealing_keys_json == right.sealing_keys_json &&
         left.catalog_public_key == right.catalog_public_key &&
         left.shopper_token_key == right.shopper_token_key &&
         left.audit_origin == right.audit_origin && left.audit_public_key == right.audit_public_key;
}

}  // namespace

Loop::Loop(const LinkOptions& options, std::uint64_t known_version,
           std::shared_ptr<LinkListener> listener)
    : options_(options),
      listener_(std::move(listener)),
      clock_(options.clock != nullptr ? *options.clock : system_clock()),
      backoff_(options.random != nullptr ? *options.random : system_random()),
      renewal_(credential_files(options), clock_, options.registry),
      known_version_(known_version),
      retry_at_(clock_.steady_now()),
      keys_at_(retry_at_),
      batcher_(options_),
      thread_([this] { run(); }) {}

Loop::~Loop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

std::shared_ptr<Session> Loop::session() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void Loop::place_opened(Session* session) {
  post([this, id = session->id()] {
    if (opening_ != nullptr && opening_->id() == id) {
      opening_place_ = true;
      session_up(opening_.get());
    }
  });
}

void Loop::batch_sent(Session* session) {
  batcher_.sent(session);
}

void Loop::batch_answered(Session* session, std::string bytes) {
  if (!batcher_.answered(session, bytes)) {
    place_ended(session, Error(ErrorCode::kCorrupt, "core answered a batch nobody sent"));
  }
}

void Loop::catalog_message(Session* session, std::string bytes) {
  post([this, id = session->id(), bytes = std::move(bytes)] { deliver_catalog(find(id), bytes); });
}

void Loop::capacity_message(Session* session, std::string bytes) {
  post([this, id = session->id(), bytes = std::move(bytes)] { deliver_capacity(find(id), bytes); });
}

void Loop::watch_ended(Session* session, Error why) {
  post([this, id = session->id(), why = std::move(why)] { session_retires(find(id), why); });
}

void Loop::place_ended(Session* session, Error why) {
  post([this, id = session->id(), why = std::move(why)] { session_failed(find(id), why); });
}

void Loop::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void Loop::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!tasks_.empty()) {
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
      continue;
    }
    lock.unlock();
    const SteadyTime wake = tick();
    lock.lock();
    if (tasks_.empty() && !stopping_) {
      changed_.wait_for(lock, wake - clock_.steady_now());
    }
  }
  lock.unlock();
  shut();
}

// Does what is due and says when to look again.
SteadyTime Loop::tick() {
  const SteadyTime now = clock_.steady_now();
  if (opening_ != nullptr && now >= opening_until_) {
    session_failed(opening_.get(), Error(ErrorCode::kTimeout, "core did not let us in in time"));
  }
  if (current_ != nullptr && batcher_.stuck(current_.get())) {
    session_failed(current_.get(), Error(ErrorCode::kTimeout, "core answers no batches"));
  }
  if (draining_ != nullptr &&
      ((batcher_.idle(draining_.get()) && draining_->idle()) || batcher_.stuck(draining_.get()))) {
    close_session(draining_, "core did not answer in time");
  }
  if (want_session_ && opening_ == nullptr && now >= retry_at_ &&
      (draining_ == nullptr || current_ == nullptr)) {
    open_session();
  }
  if (current_ != nullptr && now >= keys_at_) {
    ask_for_keys(current_.get());
  }
  if (current_ != nullptr && renewal_.is_due()) {
    start_renewal();
  }
  SteadyTime wake = now + (draining_ != nullptr ? kDrainingTick : kTickMax);
  if (want_session_ && opening_ == nullptr) {
    wake = std::min(wake, std::max(retry_at_, now + std::chrono::milliseconds(1)));
  }
  return wake;
}

void Loop::shut() {
  const std::string why = "the link is closing";
  close_session(opening_, why);
  close_session(draining_, why);
  std::shared_ptr<Session> current;
  {
    const std::lock_guard lock(mutex_);
    current.swap(current_);
  }
  close_session(current, why);
}

Session* Loop::find(std::uint64_t id) const {
  for (Session* session : {opening_.get(), current_.get(), draining_.get()}) {
    if (session != nullptr && session->id() == id) {
      return session;
    }
  }
  return nullptr;
}

void Loop::open_session() {
  auto credentials = dialing::load_credentials(credential_files(options_));
  if (!credentials.has_value()) {
    log::error("link_certificate_unusable", {{"error", credentials.error().message()}});
    retry_later();
    return;
  }
  opening_ = std::make_shared<Session>(++last_session_id_, options_, *credentials, *this);
  opening_certificate_ = credentials->info;
  opening_place_ = false;
  opening_keys_.reset();
  opening_until_ = clock_.steady_now() + kOpenTimeout;
  opening_->open_place();
  ask_for_keys(opening_.get());
}

void Loop::ask_for_keys(Session* session) {
  keys_at_ = clock_.steady_now() + kKeysEvery;
  // False only after close(): then nobody waits for the keys.
  (void)session->call(
      "/dermaga.link.v1.Keys/Get", wire::encode(wire::Empty{}),
      [this, id = session->id()](Result<std::string> answer) {
        post([this, id, answer = std::move(answer)] { keys_arrived(find(id), answer); });
      });
}

void Loop::keys_arrived(Session* session, Result<std::string> answer) {
  if (session == nullptr) {
    return;
  }
  auto keys = answer.has_value()
                  ? wire::decode<contract::EdgeKeys>(*answer)
                  : Result<contract::EdgeKeys>(std::unexpected(std::move(answer).error()));
  if (session == opening_.get()) {
    if (!keys.has_value()) {
      session_failed(session, keys.error());
      return;
    }
    opening_keys_ = *std::move(keys);
    session_up(session);
  } else if (session == current_.get() && keys.has_value()) {
    deliver_keys(*keys);
  }
}

// Both the Place stream and the keys are there: the opening session takes over.
void Loop::session_up(Session* session) {
  if (!opening_place_ || !opening_keys_.has_value() || !opening_certificate_.has_value()) {
    return;
  }
  batcher_.attach(opening_);
  {
    const std::lock_guard lock(mutex_);
    if (current_ != nullptr) {
      draining_ = std::move(current_);
    }
    current_ = std::move(opening_);
  }
  opening_ = nullptr;
  want_session_ = false;
  backoff_.reset();
  renewal_.plan(*opening_certificate_);
  set_connected(true);
  deliver_keys(*opening_keys_);
  session->open_watches(known_version_);
}

void Loop::session_failed(Session* session, const Error& why) {
  if (session == nullptr) {
    return;
  }
  if (session == opening_.get()) {
    log::warning("link_not_opened", {{"target", options_.target}, {"error", why.message()}});
    close_session(opening_, why.message());
    retry_later();
  } else if (session == draining_.get()) {
    close_session(draining_, why.message());
  } else if (session == current_.get()) {
    std::shared_ptr<Session> lost;
    lose_current(why, &lost);
    close_session(lost, why.message());
  }
}

// A watch of the session in use ended, as when core stops: no new orders, but answers may still
// come.
void Loop::session_retires(Session* session, const Error& why) {
  if (session == nullptr || session != current_.get()) {
    return;
  }
  close_session(draining_, why.message());
  lose_current(why, &draining_);
  batcher_.retire(session, why.message());
}

void Loop::lose_current(const Error& why, std::shared_ptr<Session>* lost) {
  log::warning("link_lost", {{"target", options_.target}, {"error", why.message()}});
  {
    const std::lock_guard lock(mutex_);
    lost->swap(current_);
  }
  set_connected(false);
  renewal_.interrupt();
  want_session_ = true;
  retry_later();
}

void Loop::close_session(std::shared_ptr<Session>& session, const std::string& why) {
  if (session != nullptr) {
    batcher_.detach(session.get(), why);
    session->close();
    session.reset();
  }
}

void Loop::retry_later() {
  retry_at_ = clock_.steady_now() + backoff_.next();
}

void Loop::deliver_keys(const contract::EdgeKeys& keys) {
  if (!keys_.has_value() || !same(*keys_, keys)) {
    keys_ = keys;
    listener_->on_keys(keys);
  }
}

void Loop::deliver_catalog(Session* session, std::string_view bytes) {
  if (session == nullptr || session != current_.get()) {
    return;
  }
  auto update = wire::decode<wire::CatalogUpdate>(bytes);
  if (!update.has_value()) {
    session_failed(session, update.error());
    return;
  }
  if (auto& snapshot = update->snapshot) {
    known_version_ = update->version;
    listener_->on_snapshot(*std::move(snapshot));
  }
  session->resume_catalog();
}

void Loop::deliver_capacity(Session* session, std::string_view bytes) {
  if (session == nullptr || session != current_.get()) {
    return;
  }
  const auto update = wire::decode<contract::CapacityUpdate>(bytes);
  if (!update.has_value()) {
    session_failed(session, update.error());
    return;
  }
  listener_->on_capacity(*update);
  session->resume_capacity();
}

void Loop::set_connected(bool connected) {
  if (connected_.exchange(connected) != connected) {
    if (options_.registry != nullptr) {
      options_.registry->gauge("dermaga_link_connected", "1 while core can be reached")
          .set(connected ? 1 : 0);
    }
    listener_->on_connected(connected);
  }
}

void Loop::start_renewal() {
  const auto request = renewal_.begin();
  if (request.has_value()) {
    (void)current_->call("/dermaga.link.v1.Certificates/Renew", *request,
                         [this](Result<std::string> answer) {
                           post([this, answer = std::move(answer)] { renewed(answer); });
                         });
  }
}

void Loop::renewed(Result<std::string> answer) {
  if (renewal_.finish(std::move(answer))) {
    // A second session with the new certificate; see session_up() for the change-over.
    want_session_ = true;
    retry_at_ = clock_.steady_now();
  }
}

}  // namespace dermaga::edge_end
