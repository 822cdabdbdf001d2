#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "postgres_values.h"
#include "result/result.h"
#include "store/store.h"

struct pg_conn;

namespace dermaga::store {

struct CloseSession {
  void operator()(pg_conn* connection) const;
};

// One session with a server, in libpq's pipeline mode: statements are queued and sent without
// waiting; their results are taken in the same order. Knows no transactions. Every wait ends at
// the time-out given to open(); a session that failed to answer is lost for good.
class PostgresSession {
 public:
  // Connects, to the first host that is a primary, and checks that the server keeps what it
  // confirms.
  static Result<std::unique_ptr<PostgresSession>> open(const PostgresOptions& options,
                                                       bool read_only);

  bool is_lost() const { return lost_; }
  bool is_in_transaction() const;
  // Makes it count as lost.
  void close() { lost_ = true; }
  // Without waiting: whether the server has ended the session meanwhile.
  bool notice_end();
  // Whether the server warned since the last call, as it does when it stops waiting for a standby.
  bool take_warning() { return std::exchange(warned_, false); }

  // Queues a statement, with its preparation where it is new here. Texts are copied.
  Status send(std::string_view sql, const BoundParameters& parameters);
  // Ends a run of statements: one that fails takes everything up to here with it.
  Status send_sync();
  // Hands what is queued to the network as far as it takes it now.
  void flush();

  struct Taken {
    ResultHandle result;    // none: the statement is finished
    std::string_view what;  // its SQL
  };
  // The next result of the oldest statement; with `single_rows` one for every row.
  Result<Taken> take(bool single_rows);
  // After the last statement of a run.
  Status take_sync();
  // After an error: throws away what is left of the run.
  Status discard_run();

  std::size_t statements_waiting() const { return statements_waiting_; }

 private:
  using Connection = std::unique_ptr<pg_conn, CloseSession>;
  enum class Purpose { kPrepare, kStatement, kSync };
  struct Sent {
    Purpose purpose;
    const std::string* key;  // of prepared_, where this prepares a named statement
    std::string what;
    bool started = false;
  };

  PostgresSession(Connection connection, std::chrono::milliseconds answer_timeout)
      : connection_(std::move(connection)), answer_timeout_(answer_timeout) {}
  static void on_notice(void* self, const struct pg_result* notice);
  Status await();
  Status take_prepared();
  void forget(const Sent& sent);
  std::unexpected<Error> lose(std::string_view what);

  Connection connection_;
  std::chrono::milliseconds answer_timeout_;
  bool lost_ = false;
  bool warned_ = false;
  std::deque<Sent> sent_;
  std::size_t statements_waiting_ = 0;
  std::string taking_;  // SQL of the statement whose results are taken
  std::unordered_map<std::string, std::string> prepared_;  // names by parameter types and SQL
  std::uint64_t next_name_ = 1;
};

}  // namespace dermaga::store
