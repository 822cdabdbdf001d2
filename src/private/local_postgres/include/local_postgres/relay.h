#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "result/result.h"

namespace dermaga::local_postgres {

// Stands between clients and a server of this machine, as the network would, and can lose a
// connection at the worst moment: while it commits.
class Relay {
 public:
  enum class Cut {
    kNever,
    kBeforeServer,  // the COMMIT is lost: the server hears only that its client is gone
    kAfterServer,   // the server has committed and said so; its answer is lost
    kUnderWay,      // the COMMIT is delivered, and nobody waits for what comes of it
  };

  // In front of the socket that the server has in `server_folder`.
  static Result<std::unique_ptr<Relay>> start(const std::string& server_folder);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Where clients find it: a URL's host.
  const std::string& folder() const { return folder_; }

  // At the next COMMIT of a connection that has used a statement which begins with `statement`;
  // once.
  void cut_at_commit(Cut how, std::string statement);
  // While true nobody is let through.
  void refuse(bool refusing) { refusing_ = refusing; }
  // How many connections were cut.
  int cuts() const;

 private:
  class Passage;
  Relay(std::string folder, std::string server_socket, int listener);
  void run();
  Cut take_cut(const std::string& statements);

  const std::string folder_;
  const std::string server_socket_;
  const int listener_;

  mutable std::mutex mutex_;
  Cut cut_ = Cut::kNever;
  std::string cut_statement_;
  int cuts_ = 0;
  bool stopping_ = false;
  std::atomic<bool> refusing_ = false;
  std::list<std::unique_ptr<Passage>> passages_;
  std::thread thread_;
};

}  // namespace dermaga::local_postgres
