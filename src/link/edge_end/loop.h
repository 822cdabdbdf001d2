#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "batcher.h"
#include "dialing/backoff.h"
#include "dialing/renewal.h"
#include "edge_end/edge_end.h"
#include "session.h"

namespace dermaga::edge_end {

// The one thread that opens and closes sessions, renews the certificate and calls the listener.
// What gRPC's threads report is posted to it: at most one message per stream and one reply per
// call, so the queue is bounded by what is open.
class Loop final : public SessionEvents {
 public:
  Loop(const LinkOptions& options, std::uint64_t known_version,
       std::shared_ptr<LinkListener> listener);
  ~Loop() override;

  bool connected() const { return connected_; }
  Batcher& batcher() { return batcher_; }
  // The session that calls may use now; null while there is none.
  std::shared_ptr<Session> session() const;

 private:
  // From gRPC's threads.
  void place_opened(Session* session) override;
  void batch_sent(Session* session) override;
  void batch_answered(Session* session, std::string bytes) override;
  void catalog_message(Session* session, std::string bytes) override;
  void capacity_message(Session* session, std::string bytes) override;
  void place_ended(Session* session, Error why) override;
  void watch_ended(Session* session, Error why) override;

  // Everything below runs on the loop's thread only, but for post().
  void post(std::function<void()> task);
  void run();
  SteadyTime tick();
  void shut();

  // The session of this id unless it is gone.
  Session* find(std::uint64_t id) const;
  void open_session();
  void keys_arrived(Session* session, Result<std::string> answer);
  void session_up(Session* session);
  void session_failed(Session* session, const Error& why);
  void session_retires(Session* session, const Error& why);
  void lose_current(const Error& why, std::shared_ptr<Session>* lost);
  void close_session(std::shared_ptr<Session>& session, const std::string& why);
  void retry_later();
  void ask_for_keys(Session* session);
  void deliver_keys(const contract::EdgeKeys& keys);
  void deliver_catalog(Session* session, std::string_view bytes);
  void deliver_capacity(Session* session, std::string_view bytes);
  void start_renewal();
  void renewed(Result<std::string> answer);
  void set_connected(bool connected);

  const LinkOptions options_;
  const std::shared_ptr<LinkListener> listener_;
  const Clock& clock_;
  dialing::Backoff backoff_;
  dialing::Renewal renewal_;
  std::atomic<bool> connected_ = false;
  std::uint64_t known_version_;
  std::optional<contract::EdgeKeys> keys_;

  std::uint64_t last_session_id_ = 0;
  // A session being opened, the one in use, and the one before it while its last answers come in.
  std::shared_ptr<Session> opening_;
  bool opening_place_ = false;  // its Place stream was let in
  std::optional<contract::EdgeKeys> opening_keys_;
  std::optional<pki::CertificateInfo> opening_certificate_;
  SteadyTime opening_until_;
  std::shared_ptr<Session> draining_;
  SteadyTime retry_at_;
  bool want_session_ = true;
  SteadyTime keys_at_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Session> current_;  // written by the loop only, read by all
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  Batcher batcher_;
  std::thread thread_;
};

}  // namespace dermaga::edge_end
