#include "workers.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

namespace dermaga::simulation {
namespace {

constexpr int kWorkersMax = 64;
constexpr std::size_t kTextBytes = 8 * 1024;

// In memory that parent and workers share.
struct Board {
  std::atomic<std::uint64_t> next{0};  // offset of the next seed
  std::atomic<bool> stop{false};
  struct Worker {
    std::atomic<std::uint64_t> seed{0};  // in hand
    std::atomic<std::uint64_t> runs{0};
    std::atomic<std::uint64_t> events{0};
    std::atomic<std::uint64_t> orders{0};
    std::atomic<std::uint64_t> hash{0};
    std::atomic<std::uint64_t> breaches{0};
    // Of the lowest seed that broke a promise; 0: none. Written before the worker ends.
    std::uint64_t breach_seed = 0;
    std::uint64_t breach_hash = 0;
    char text[kTextBytes] = {};  // invariant, detail and last lines
  };
  Worker workers[kWorkersMax];
};

Board* make_board() {
  void* memory =
      ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  return new (memory) Board;
}

void write_breach(Board::Worker& worker, std::uint64_t seed, const RunResult& result) {
  if (worker.breach_seed != 0 && worker.breach_seed < seed) {
    return;
  }
  std::string text = result.invariant + "\n" + result.detail;
  for (const std::string& line : result.last_lines) {
    text += "\n" + line;
  }
  text.resize(std::min(text.size(), kTextBytes - 1));
  std::memcpy(worker.text, text.c_str(), text.size() + 1);
  worker.breach_hash = result.trace_hash;
  worker.breach_seed = seed;
}

[[noreturn]] void work(const Shop& shop, const Sweep& sweep, Board& board, Board::Worker& worker) {
  while (!board.stop) {
    const std::uint64_t offset = board.next++;
    if (offset >= sweep.seeds) {
      break;
    }
    const std::uint64_t seed = sweep.first_seed + offset;
    worker.seed = seed;
    const RunResult result = run(shop, {.seed = seed});
    worker.runs += 1;
    worker.events += result.events;
    worker.orders += result.orders;
    worker.hash += result.trace_hash ^ (seed * 0x9e3779b97f4a7c15ULL);
    if (!result.invariant.empty()) {
      worker.breaches += 1;
      write_breach(worker, seed, result);
      if (sweep.stop_at_first) {
        board.stop = true;
      }
    }
  }
  std::_Exit(0);
}

RunResult read_breach(const Board::Worker& worker) {
  RunResult result;
  result.trace_hash = worker.breach_hash;
  std::string_view text = worker.text;
  const auto line = [&text] {
    const std::size_t end = text.find('\n');
    const std::string_view first = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    return std::string(first);
  };
  result.invariant = line();
  result.detail = line();
  while (!text.empty()) {
    result.last_lines.push_back(line());
  }
  return result;
}

SweepResult sum_up(const Board& board, int workers) {
  SweepResult sum;
  for (int i = 0; i < workers; ++i) {
    const Board::Worker& worker = board.workers[i];
    sum.runs += worker.runs;
    sum.events += worker.events;
    sum.orders += worker.orders;
    sum.hash += worker.hash;
    sum.breaches += worker.breaches;
  }
  return sum;
}

class Crew {
 public:
  Crew(const Shop& shop, const Sweep& sweep, Board& board)
      : shop_(shop), sweep_(sweep), board_(board), ids_(static_cast<std::size_t>(sweep.workers)) {
    for (int i = 0; i < sweep.workers; ++i) {
      start(i);
    }
  }
  // False when nobody works any more.
  bool wait_a_little() {
    ::poll(nullptr, 0, 50);
    bool busy = false;
    for (int i = 0; i < sweep_.workers; ++i) {
      pid_t& id = ids_[static_cast<std::size_t>(i)];
      int status = 0;
      if (id != 0 && ::waitpid(id, &status, WNOHANG) == id) {
        id = 0;
        if (WIFSIGNALED(status)) {
          note_abort(board_.workers[i], WTERMSIG(status));
          if (!board_.stop) {
            start(i);
          }
        }
      }
      busy = busy || id != 0;
    }
    return busy;
  }

 private:
  void start(int index) {
    const pid_t id = ::fork();
    CHECK(id >= 0);
    if (id == 0) {
      work(shop_, sweep_, board_, board_.workers[index]);
    }
    ids_[static_cast<std::size_t>(index)] = id;
  }
  void note_abort(Board::Worker& worker, int signal) {
    RunResult result;
    result.invariant = signal == SIGABRT ? "check_failed" : "crashed";
    result.detail = std::string("the code under test ended the process: ") + ::strsignal(signal);
    worker.runs += 1;
    worker.breaches += 1;
    write_breach(worker, worker.seed, result);
    if (sweep_.stop_at_first) {
      board_.stop = true;
    }
  }

  const Shop& shop_;
  const Sweep& sweep_;
  Board& board_;
  std::vector<pid_t> ids_;
};

}  // namespace

SweepResult sweep(const Shop& shop, const Sweep& sweep,
                  const std::function<void(const SweepResult&)>& progress) {
  CHECK(sweep.workers >= 1 && sweep.workers <= kWorkersMax);
  Board* const board = make_board();
  const auto end = std::chrono::steady_clock::now() + sweep.seconds_max;
  Crew crew(shop, sweep, *board);
  while (crew.wait_a_little()) {
    progress(sum_up(*board, sweep.workers));
    if (sweep.seconds_max.count() > 0 && std::chrono::steady_clock::now() > end) {
      board->stop = true;
    }
  }
  SweepResult result = sum_up(*board, sweep.workers);
  for (int i = 0; i < sweep.workers; ++i) {
    const Board::Worker& worker = board->workers[i];
    if (worker.breach_seed != 0 && (result.seed == 0 || worker.breach_seed < result.seed)) {
      result.seed = worker.breach_seed;
      result.breach = read_breach(worker);
    }
  }
  ::munmap(board, sizeof(Board));
  return result;
}

}  // namespace dermaga::simulation
