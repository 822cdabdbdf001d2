#include "postgres_session.h"

#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>
#include <charconv>
#include <utility>

#include "postgres_error.h"
#include "postgres_server.h"

namespace dermaga::store {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPreparedMax = 256;
// Longer than the server's own time-out: its answer says more than our silence.
constexpr auto kAnswerMargin = 5'000ms;
// Readers look at everything, as `verify` does.
constexpr auto kReadTimeout = 600'000ms;

std::string_view text_of(const pg_result* result, int field) {
  const char* const text = PQresultErrorField(result, field);
  return text == nullptr ? "" : text;
}

std::string trimmed(std::string_view text) {
  const auto end = text.find_last_not_of(" \r\n");
  return std::string(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
}

std::string setting(std::string_view name, std::chrono::milliseconds value) {
  return "SET " + std::string(name) + " = " + std::to_string(value.count()) + "; ";
}

std::string setup_script(const PostgresOptions& options, bool read_only) {
  return "SET client_min_messages = warning; " +
         setting("statement_timeout", read_only ? kReadTimeout : options.statement_timeout) +
         setting("lock_timeout", options.lock_timeout) +
         setting("idle_in_transaction_session_timeout",
                 read_only ? 0ms : options.idle_in_transaction_timeout) +
         (read_only ? "SET default_transaction_read_only = on; " : "") +
         "SELECT current_setting('server_version_num'), current_setting('fsync'), "
         "current_setting('full_page_writes'), "
         // Kept for this session, whatever the server is told later.
         "set_config('synchronous_commit', current_setting('synchronous_commit'), false), "
         "current_setting('synchronous_standby_names'), current_setting('server_encoding'), "
         "pg_is_in_recovery()";
}

ServerFacts facts_of(const pg_result* row) {
  const auto text = [row](int column) -> std::string { return PQgetvalue(row, 0, column); };
  ServerFacts facts{.version = 0,
                    .fsync = text(1),
                    .full_page_writes = text(2),
                    .synchronous_commit = text(3),
                    .synchronous_standby_names = text(4),
                    .encoding = text(5),
                    .in_recovery = text(6) == "t"};
  const std::string version = text(0);
  std::from_chars(version.data(), version.data() + version.size(), facts.version);
  return facts;
}

// What libpq says of a failed connection names hosts, users and databases, never a password.
std::unexpected<Error> connection_error(pg_conn* connection) {
  const std::string text =
      connection == nullptr ? "out of memory" : trimmed(PQerrorMessage(connection));
  const bool refused = text.find("authentication failed") != std::string::npos ||
                       text.find("no password supplied") != std::string::npos ||
                       text.find("no pg_hba.conf entry") != std::string::npos;
  if (refused) {
    return make_error(
        ErrorCode::kForbidden,
        text + "; passwords come from a passfile (~/.pgpass), a service or PGPASSWORD");
  }
  if (text.find("does not exist") != std::string::npos) {
    return make_error(ErrorCode::kNotFound, text + "; make it with createdb or createuser");
  }
  return make_error(ErrorCode::kUnavailable, text);
}

}  // namespace

void CloseSession::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

void PostgresSession::on_notice(void* self, const pg_result* notice) {
  auto& session = *static_cast<PostgresSession*>(self);
  const std::string_view severity = text_of(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  session.warned_ = session.warned_ || severity == "WARNING";
  // The last word of a server that ends an idle session.
  session.lost_ = session.lost_ || severity == "FATAL" || severity == "PANIC";
}

Result<std::unique_ptr<PostgresSession>> PostgresSession::open(const PostgresOptions& options,
                                                               bool read_only) {
  const auto seconds = std::max<std::int64_t>(
      2,
      std::chrono::ceil<std::chrono::seconds>(options.connect_timeout).count());  // libpq's least
  const std::string timeout = std::to_string(seconds);
  const bool several = place_of(options.url).find(',') != std::string::npos;
  // What stands before dbname gives way to the URL, which libpq reads from there.
  const char* const keywords[] = {"connect_timeout",           "target_session_attrs",
                                  "keepalives_idle",           "keepalives_interval",
                                  "keepalives_count",          "tcp_user_timeout",
                                  "fallback_application_name", "dbname",
                                  "client_encoding",           nullptr};
  const char* const values[] = {timeout.c_str(),
                                several ? "read-write" : "any",
                                "10",
                                "5",
                                "3",
                                "15000",
                                "dermaga-core",
                                options.url.c_str(),
                                "UTF8",
                                nullptr};
  Connection connection(PQconnectdbParams(keywords, values, 1));
  if (connection == nullptr || PQstatus(connection.get()) != CONNECTION_OK) {
    return connection_error(connection.get());
  }
  std::unique_ptr<PostgresSession> session(
      new PostgresSession(std::move(connection),
                          (read_only ? kReadTimeout : options.statement_timeout) + kAnswerMargin));
  pg_conn* const raw = session->connection_.get();
  PQsetNoticeReceiver(raw, &PostgresSession::on_notice, session.get());
  const ResultHandle facts(PQexec(raw, setup_script(options, read_only).c_str()));
  if (PQresultStatus(facts.get()) != PGRES_TUPLES_OK) {
    return postgres_error(text_of(facts.get(), PG_DIAG_SQLSTATE), trimmed(PQerrorMessage(raw)),
                          "prepare the connection");
  }
  RETURN_IF_ERROR(check_server(facts_of(facts.get())));
  if (PQsetnonblocking(raw, 1) != 0 || PQenterPipelineMode(raw) != 1) {
    return session->lose("enter the pipeline mode");
  }
  return session;
}

std::unexpected<Error> PostgresSession::lose(std::string_view what) {
  const std::string text = PQerrorMessage(connection_.get());
  const std::string reason = trimmed(text.substr(0, text.find('\n')));
  std::string message = std::string(what) + ": the connection to the database server was lost" +
                        (reason.empty() ? "" : " (" + reason + ")");
  lost_ = true;
  sent_.clear();  // `what` may lie in it
  statements_waiting_ = 0;
  return make_error(ErrorCode::kUnavailable, std::move(message));
}

bool PostgresSession::is_in_transaction() const {
  return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

bool PostgresSession::notice_end() {
  pollfd descriptor{.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
  // Nothing was asked, so what is readable is a notice or the end.
  while (!lost_ && sent_.empty() && ::poll(&descriptor, 1, 0) > 0) {
    if (PQconsumeInput(connection_.get()) == 0) {
      lost_ = true;
    }
    (void)PQisBusy(connection_.get());  // has the notice read
  }
  return lost_;
}

Status PostgresSession::send(std::string_view sql, const BoundParameters& parameters) {
  if (lost_) {
    return lose(sql);
  }
  const std::string text(sql);
  std::string key = parameters.signature() + ":" + text;
  auto known = prepared_.find(key);
  if (known == prepared_.end()) {
    const bool named = prepared_.size() < kPreparedMax;
    const std::string name = named ? "d" + std::to_string(next_name_++) : "";
    if (PQsendPrepare(connection_.get(), name.c_str(), text.c_str(), parameters.count(),
                      parameters.types()) != 1) {
      return lose(sql);
    }
    if (named) {
      known = prepared_.emplace(std::move(key), name).first;
    }
    sent_.push_back(
        {.purpose = Purpose::kPrepare, .key = named ? &known->first : nullptr, .what = text});
  }
  const char* const name = known == prepared_.end() ? "" : known->second.c_str();
  if (PQsendQueryPrepared(connection_.get(), name, parameters.count(), parameters.values(),
                          parameters.lengths(), parameters.formats(), 1) != 1) {
    return lose(sql);
  }
  sent_.push_back({.purpose = Purpose::kStatement, .key = nullptr, .what = text});
  ++statements_waiting_;
  return {};
}

Status PostgresSession::send_sync() {
  if (lost_ || PQpipelineSync(connection_.get()) != 1) {
    return lose("send");
  }
  sent_.push_back({.purpose = Purpose::kSync, .key = nullptr, .what = {}});
  return {};
}

void PostgresSession::flush() {
  if (!lost_ && PQflush(connection_.get()) < 0) {
    lost_ = true;
  }
}

// Until libpq has the next result: sends what is left and reads what comes.
Status PostgresSession::await() {
  const auto deadline = std::chrono::steady_clock::now() + answer_timeout_;
  while (PQisBusy(connection_.get()) != 0) {
    const int unsent = PQflush(connection_.get());
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (unsent < 0 || left <= 0ms) {
      return lose(left <= 0ms ? "no answer in time" : "send");
    }
    pollfd descriptor{.fd = PQsocket(connection_.get()),
                      .events = static_cast<short>(POLLIN | (unsent > 0 ? POLLOUT : 0)),
                      .revents = 0};
    const int ready = ::poll(&descriptor, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) {
      return lose("wait");
    }
    if (ready > 0 && (descriptor.revents & (POLLIN | POLLERR | POLLHUP)) != 0 &&
        PQconsumeInput(connection_.get()) == 0) {
      return {};  // libpq tells the rest by its results
    }
  }
  return {};
}

void PostgresSession::forget(const Sent& sent) {
  if (sent.key != nullptr) {
    const std::string key = *sent.key;
    prepared_.erase(key);
  }
}

// The results of preparations in front of the next statement.
Status PostgresSession::take_prepared() {
  while (!sent_.empty() && sent_.front().purpose == Purpose::kPrepare) {
    RETURN_IF_ERROR(await());
    const ResultHandle result(PQgetResult(connection_.get()));
    const std::string_view sqlstate = text_of(result.get(), PG_DIAG_SQLSTATE);
    if (PQstatus(connection_.get()) != CONNECTION_OK || ends_the_session(sqlstate)) {
      return lose(sent_.front().what);
    }
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
      return postgres_error(sqlstate, text_of(result.get(), PG_DIAG_MESSAGE_PRIMARY),
                            sent_.front().what);
    }
    RETURN_IF_ERROR(await());
    (void)ResultHandle(PQgetResult(connection_.get()));  // the NULL that ends it
    sent_.pop_front();
  }
  return {};
}

Result<PostgresSession::Taken> PostgresSession::take(bool single_rows) {
  RETURN_IF_ERROR(take_prepared());
  CHECK(!sent_.empty() && sent_.front().purpose == Purpose::kStatement);
  Sent& front = sent_.front();
  if (!std::exchange(front.started, true)) {
    taking_ = front.what;
    if (single_rows) {
      PQsetSingleRowMode(connection_.get());
    }
  }
  RETURN_IF_ERROR(await());
  ResultHandle result(PQgetResult(connection_.get()));
  const ExecStatusType status = PQresultStatus(result.get());
  if (result == nullptr && PQstatus(connection_.get()) == CONNECTION_OK) {
    sent_.pop_front();
    --statements_waiting_;
    return Taken{.result = nullptr, .what = taking_};
  }
  const std::string_view sqlstate = text_of(result.get(), PG_DIAG_SQLSTATE);
  if (PQstatus(connection_.get()) != CONNECTION_OK || ends_the_session(sqlstate)) {
    return lose(taking_);
  }
  if (status == PGRES_FATAL_ERROR) {
    return postgres_error(sqlstate, text_of(result.get(), PG_DIAG_MESSAGE_PRIMARY), taking_);
  }
  return Taken{.result = std::move(result), .what = taking_};
}

Status PostgresSession::take_sync() {
  CHECK(!sent_.empty() && sent_.front().purpose == Purpose::kSync);
  RETURN_IF_ERROR(await());
  const ResultHandle result(PQgetResult(connection_.get()));
  if (PQresultStatus(result.get()) != PGRES_PIPELINE_SYNC) {
    return lose("end of the pipeline");
  }
  sent_.pop_front();
  return {};
}

Status PostgresSession::discard_run() {
  if (lost_) {
    return lose("discard");
  }
  // What was not prepared by now never will be: the server skips to the end of the run.
  while (!sent_.empty() && sent_.front().purpose != Purpose::kSync) {
    forget(sent_.front());
    sent_.pop_front();
  }
  statements_waiting_ = 0;
  CHECK(sent_.size() == 1);
  for (int endings = 0; endings < 2;) {
    RETURN_IF_ERROR(await());
    const ResultHandle result(PQgetResult(connection_.get()));
    if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) {
      sent_.pop_front();
      return {};
    }
    // Every statement ends with a NULL; two in a row mean that nothing comes any more.
    endings = result == nullptr ? endings + 1 : 0;
    if (PQstatus(connection_.get()) != CONNECTION_OK ||
        ends_the_session(text_of(result.get(), PG_DIAG_SQLSTATE))) {
      break;
    }
  }
  return lose("discard");
}

}  // namespace dermaga::store
