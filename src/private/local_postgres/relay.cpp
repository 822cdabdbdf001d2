#include "local_postgres/relay.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

namespace dermaga::local_postgres {
namespace {

constexpr std::string_view kSocketName = "/.s.PGSQL.5432";
constexpr int kPollMs = 20;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  CHECK(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  return address;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::uint32_t length_at(std::string_view bytes, std::size_t at) {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    length = length << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  }
  return length;
}

std::string_view word_at(std::string_view bytes, std::size_t at) {
  const std::string_view rest = bytes.substr(std::min(at, bytes.size()));
  return rest.substr(0, rest.find('\0'));
}

// Takes the first whole message out of `bytes`; the one that opens a session has no type.
std::optional<std::string> take_message(std::string& bytes, bool opens) {
  const std::size_t type = opens ? 0 : 1;
  if (bytes.size() < type + 4 || bytes.size() < type + length_at(bytes, type)) {
    return std::nullopt;
  }
  std::string message = bytes.substr(0, type + length_at(bytes, type));
  bytes.erase(0, message.size());
  return message;
}

}  // namespace

// One client's connection through the relay.
class Relay::Passage {
 public:
  Passage(Relay& relay, int client, int server)
      : relay_(relay), client_(client), server_(server), thread_([this] { run(); }) {}
  ~Passage() {
    stopping_ = true;
    thread_.join();
  }

 private:
  void run() {
    while (!stopping_ && pass()) {
    }
    ::close(client_);
    ::close(server_);
  }

  bool pass() {
    std::array<pollfd, 2> ends{pollfd{.fd = client_, .events = POLLIN, .revents = 0},
                               pollfd{.fd = server_, .events = POLLIN, .revents = 0}};
    ::poll(ends.data(), ends.size(), kPollMs);
    if (ends[0].revents != 0 && (!read_from(client_, asked_) || !forward_asked())) {
      return false;
    }
    return ends[1].revents == 0 || forward_answers();
  }

  bool forward_answers() {
    std::string answers;
    if (!read_from(server_, answers)) {
      return false;
    }
    if (cut_ == Cut::kAfterServer) {
      // What it answers to the COMMIT, up to the end of the run, is heard by nobody.
      lost_ += answers;
      return !lost_.contains(
          std::string_view("C\0\0\0\x0b"
                           "COMMIT\0",
                           12));
    }
    return write_all(client_, answers);
  }

  static bool read_from(int descriptor, std::string& into) {
    std::array<char, 65536> buffer;
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    into.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    return got > 0;
  }

  bool forward_asked() {
    while (auto message = take_message(asked_, opening_)) {
      if (std::exchange(opening_, false)) {
        if (!write_all(server_, *message)) {
          return false;
        }
        continue;
      }
      note(*message);
      if (cut_ == Cut::kBeforeServer || !write_all(server_, *message)) {
        return false;
      }
      if (cut_ == Cut::kUnderWay && message->front() == 'S') {
        return false;
      }
    }
    return true;
  }

  // Remembers which statements are prepared, and sees a COMMIT coming.
  void note(const std::string& message) {
    const std::string first(word_at(message, 5));
    if (message.front() == 'P') {  // Parse: name, SQL
      const std::string sql(word_at(message, 5 + first.size() + 1));
      statements_[first] = sql;
      used_ += "\n" + sql;
    } else if (message.front() == 'B' && cut_ == Cut::kNever) {  // Bind: portal, name
      const std::string name(word_at(message, 5 + first.size() + 1));
      if (statements_[name] == "COMMIT") {
        cut_ = relay_.take_cut(used_);
      }
    }
  }

  Relay& relay_;
  const int client_;
  const int server_;
  bool opening_ = true;
  Cut cut_ = Cut::kNever;
  std::string asked_;
  std::string lost_;
  std::string used_;
  std::map<std::string, std::string> statements_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

Result<std::unique_ptr<Relay>> Relay::start(const std::string& server_folder) {
  char name[] = "/tmp/dermaga-relay-XXXXXX";
  if (::mkdtemp(name) == nullptr) {
    return make_errno_error("make a folder for a relay", errno);
  }
  const std::string folder = name;
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(folder + std::string(kSocketName));
  if (listener < 0 ||
      ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, 64) != 0) {
    return make_errno_error("listen on " + folder, errno);
  }
  return std::unique_ptr<Relay>(
      new Relay(folder, server_folder + std::string(kSocketName), listener));
}

Relay::Relay(std::string folder, std::string server_socket, int listener)
    : folder_(std::move(folder)),
      server_socket_(std::move(server_socket)),
      listener_(listener),
      thread_([this] { run(); }) {}

Relay::~Relay() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  thread_.join();
  passages_.clear();
  ::close(listener_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Relay::run() {
  while (true) {
    pollfd listening{.fd = listener_, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&listening, 1, kPollMs);
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) {
        return;
      }
    }
    if (ready <= 0) {
      continue;
    }
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(server_socket_);
    if (refusing_ ||
        ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(client);
      ::close(server);
      continue;
    }
    passages_.push_back(std::make_unique<Passage>(*this, client, server));
  }
}

void Relay::cut_at_commit(Cut how, std::string statement) {
  const std::lock_guard lock(mutex_);
  cut_ = how;
  cut_statement_ = std::move(statement);
}

Relay::Cut Relay::take_cut(const std::string& statements) {
  const std::lock_guard lock(mutex_);
  if (cut_ == Cut::kNever || !statements.contains("\n" + cut_statement_)) {
    return Cut::kNever;
  }
  ++cuts_;
  return std::exchange(cut_, Cut::kNever);
}

int Relay::cuts() const {
  const std::lock_guard lock(mutex_);
  return cuts_;
}

}  // namespace dermaga::local_postgres
