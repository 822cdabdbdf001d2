#include "admin/admin_socket.h"

#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::admin {

namespace {

constexpr std::size_t kRequestBytesMax = 64 * 1024;
constexpr std::size_t kWordsMax = 64;
constexpr std::size_t kWordBytesMax = 4096;
constexpr int kCommandsAtOnceMax = 8;
constexpr auto kRequestTimeout = std::chrono::seconds(5);
constexpr timeval kSendTimeout{.tv_sec = 10, .tv_usec = 0};
// The byte before the exit code on the last line; never starts a line of text.
constexpr char kStatusMark = '\x04';
// Alone on a line while a command runs, so that its caller sees that core lives.
constexpr char kAliveMark = '\x05';
constexpr auto kAliveEvery = std::chrono::seconds(5);

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) {
      ::close(value_);
    }
  }
  int get() const { return value_; }

 private:
  int value_;
};

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return make_error(ErrorCode::kInvalidArgument, "the socket path " + path +
                                                       " is longer than a Unix socket allows (" +
                                                       std::to_string(sizeof address.sun_path - 1) +
                                                       " bytes); use a shorter --data folder");
  }
  path.copy(address.sun_path, path.size());
  return address;
}

bool send_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

// Who connected; nullopt for one who may not.
std::optional<uid_t> allowed_peer(int descriptor) {
  ucred peer{};
  socklen_t size = sizeof peer;
  const bool allowed = ::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
                       (peer.uid == ::geteuid() || peer.uid == 0);
  return allowed ? std::optional(peer.uid) : std::nullopt;
}

bool has_hung_up(int descriptor) {
  pollfd peer{.fd = descriptor, .events = POLLRDHUP, .revents = 0};
  return ::poll(&peer, 1, 0) > 0 && (peer.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

// The request line, or nothing after the time-out, at the bound, or when the caller hung up.
std::string receive_request(int descriptor) {
  std::string request;
  const auto end = std::chrono::steady_clock::now() + kRequestTimeout;
  while (request.size() < kRequestBytesMax) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) {
      return {};
    }
    char chunk[4096];
    const ssize_t got = ::recv(descriptor, chunk, sizeof chunk, 0);
    if (got <= 0) {
      return {};
    }
    request.append(chunk, static_cast<std::size_t>(got));
    if (request.ends_with('\n')) {
      request.pop_back();
      return request;
    }
  }
  return {};
}

Result<std::vector<std::string>> parse_words(std::string_view request) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(request));
  ASSIGN_OR_RETURN(const auto items, document.root().as_array(kWordsMax));
  std::vector<std::string> words;
  for (const auto& item : items) {
    ASSIGN_OR_RETURN(const auto word, item.as_string(kWordBytesMax));
    words.emplace_back(word);
  }
  return words;
}

class SocketOutput final : public Output {
 public:
  explicit SocketOutput(int descriptor) : descriptor_(descriptor) {}
  void line(std::string_view text) override {
    std::string out(text);
    out.push_back('\n');
    const std::lock_guard lock(mutex_);
    connected_ = connected_ && send_all(descriptor_, out);
  }
  void status(int exit_code) { line(std::string(1, kStatusMark) + std::to_string(exit_code)); }

 private:
  int descriptor_;
  std::mutex mutex_;
  bool connected_ = true;
};

// Tells the caller every few seconds that the command still runs.
class Heartbeat {
 public:
  explicit Heartbeat(SocketOutput& output)
      : thread_([this, &output] {
          std::unique_lock lock(mutex_);
          while (!ended_.wait_for(lock, kAliveEvery, [this] { return over_; })) {
            output.line(std::string(1, kAliveMark));
          }
        }) {}
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;
  ~Heartbeat() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    ended_.notify_one();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

class SocketServer final : public Server {
 public:
  SocketServer(Descriptor listener, std::string path, CommandRunner runner)
      : listener_(std::move(listener)),
        path_(std::move(path)),
        runner_(std::move(runner)),
        thread_([this] { accept_loop(); }) {}

  // Waits for running commands: they hold the stores this process is about to close.
  ~SocketServer() override {
    stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return running_ == 0; });
    ::unlink(path_.c_str());
  }

 private:
  void accept_loop() {
    while (!stopping_) {
      const int accepted = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (accepted < 0) {
        if (errno == EINTR || errno == ECONNABORTED) {
          continue;
        }
        if (errno == EMFILE || errno == ENFILE) {
          std::this_thread::sleep_for(std::chrono::milliseconds(100));
          continue;
        }
        return;
      }
      serve_on_own_thread(Descriptor(accepted));
    }
  }

  void serve_on_own_thread(Descriptor connection) {
    ::setsockopt(connection.get(), SOL_SOCKET, SO_SNDTIMEO, &kSendTimeout, sizeof kSendTimeout);
    SocketOutput output(connection.get());
    {
      const std::lock_guard lock(mutex_);
      if (running_ == kCommandsAtOnceMax) {
        output.line("core is busy with other commands; try again shortly");
        output.status(1);
        return;
      }
      ++running_;
    }
    std::thread([this, connection = std::move(connection)] {
      serve(connection.get());
      const std::lock_guard lock(mutex_);
      --running_;
      idle_.notify_all();
    }).detach();
  }

  void serve(int connection) {
    const auto peer = allowed_peer(connection);
    if (!peer.has_value()) {
      return;
    }
    SocketOutput output(connection);
    const auto words = parse_words(receive_request(connection));
    if (!words.has_value()) {
      output.line("the request is not a list of words: " + words.error().message());
      output.status(1);
      return;
    }
    // Whoever gave up on a core that was paused may have asked again since: not twice, then.
    if (has_hung_up(connection)) {
      return;
    }
    int exit_code = 1;
    {
      const Heartbeat heartbeat(output);
      exit_code = runner_(*words, name_of_user(*peer), output);
    }
    output.status(exit_code);
  }

  Descriptor listener_;
  std::string path_;
  CommandRunner runner_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable idle_;
  int running_ = 0;
  std::thread thread_;
};

std::unexpected<Error> hangs(const std::string& path, std::chrono::milliseconds silence_max) {
  return make_error(ErrorCode::kTimeout,
                    "core listens at " + path + " but says nothing for " +
                        std::to_string(silence_max.count() / 1000) +
                        " s: it hangs or is paused. A command that it had not begun with is "
                        "forgotten; look before repeating it");
}

}  // namespace

std::string name_of_user(uid_t user) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4'096> text;
  return ::getpwuid_r(user, &entry, text.data(), text.size(), &found) == 0 && found != nullptr
             ? std::string(entry.pw_name)
             : std::to_string(user);
}

Result<std::unique_ptr<Server>> Server::start(const std::string& path, CommandRunner runner) {
  ASSIGN_OR_RETURN(const auto address, address_of(path));
  Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (listener.get() < 0) {
    return make_errno_error("create the admin socket", errno);
  }
  // The caller holds the data folder's lock, so a socket that is there belongs to a dead core.
  ::unlink(path.c_str());
  const mode_t old_mask = ::umask(0177);
  const int bound =
      ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int bind_errno = errno;
  ::umask(old_mask);
  if (bound != 0) {
    return make_errno_error("bind " + path, bind_errno);
  }
  if (::listen(listener.get(), kCommandsAtOnceMax) != 0) {
    return make_errno_error("listen on " + path, errno);
  }
  return std::make_unique<SocketServer>(std::move(listener), path, std::move(runner));
}

Result<int> run_remotely(const std::string& path, const std::vector<std::string>& words,
                         Output& output, std::chrono::milliseconds silence_max) {
  ASSIGN_OR_RETURN(const auto address, address_of(path));
  const Descriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connection.get() < 0) {
    return make_errno_error("create a socket", errno);
  }
  const timeval silence{.tv_sec = silence_max.count() / 1000,
                        .tv_usec = silence_max.count() % 1000 * 1000};
  ::setsockopt(connection.get(), SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof silence);
  ::setsockopt(connection.get(), SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
  if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
      0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return hangs(path, silence_max);
    }
    return make_error(ErrorCode::kUnavailable, "no core listens at " + path);
  }
  std::string request;
  json::Writer writer(request);
  writer.array();
  for (const auto& word : words) {
    writer.string(word);
  }
  writer.end_array();
  request.push_back('\n');
  // A busy core answers and closes without reading: its answer is there to be read all the same.
  if (!send_all(connection.get(), request) && errno != EPIPE && errno != ECONNRESET) {
    return make_errno_error("write to " + path, errno);
  }

  std::string pending;
  char chunk[16384];
  while (true) {
    const ssize_t got = ::recv(connection.get(), chunk, sizeof chunk, 0);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return hangs(path, silence_max);
    }
    if (got <= 0) {
      return make_error(ErrorCode::kUnavailable,
                        "core closed the connection before the command's end; look whether it "
                        "took effect before repeating it");
    }
    pending.append(chunk, static_cast<std::size_t>(got));
    for (std::size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      const std::string line = pending.substr(0, end);
      pending.erase(0, end + 1);
      if (line.starts_with(kStatusMark)) {
        int exit_code = 1;
        std::from_chars(line.data() + 1, line.data() + line.size(), exit_code);
        return exit_code;
      }
      if (!line.starts_with(kAliveMark)) {
        output.line(line);
      }
    }
  }
}

}  // namespace dermaga::admin
