#include "session.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "callback_anchor.h"
#include "transport/transport.h"
#include "wire/messages.h"

namespace dermaga::edge_end {

namespace {

constexpr std::size_t kCallsInFlightMax = 1'024;
constexpr int kMessageBytesMax =
    64 * 1024 * 1024;  // from core, which is trusted: assets, snapshots
constexpr int kConnectTimeoutMs = 5'000;

std::shared_ptr<grpc::Channel> make_channel(const LinkOptions& options,
                                            const Credentials& credentials) {
  anchor_callback_queue();
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = credentials.ca_pem;
  tls.pem_cert_chain = credentials.certificate_pem;
  tls.pem_private_key = credentials.key_pem;
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(options.server_name);
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  // A channel with another certificate must not share this one's connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);  // a try may take so long
  for (const auto& [name, value] : transport::keepalive_arguments()) {
    arguments.SetInt(name, value);
  }
  return grpc::CreateCustomChannel(options.target, grpc::SslCredentials(tls), arguments);
}

}  // namespace

// A stream of byte messages. Writing and reading on are asked for from other threads, so a hold
// keeps gRPC from ending it in between.
class Session::Stream final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Stream(Session& session, std::function<void(std::string)> on_message,
         std::function<void()> on_opened)
      : session_(session), on_message_(std::move(on_message)), on_opened_(std::move(on_opened)) {}

  bool start(const char* method) {
    if (!session_.track(&context_)) {
      return false;
    }
    session_.stub_.PrepareBidiStreamingCall(&context_, method, {}, this);
    AddHold();
    ended_ = false;
    StartRead(&in_);
    StartCall();
    return true;
  }

  // Lets gRPC end the stream: nothing is written or read any more.
  void end() {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      ended_ = true;
      RemoveHold();
    }
  }

  void write(std::string bytes) {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      transport::put_bytes(std::move(bytes), &out_);
      StartWrite(&out_);
    }
  }

  void read_on() {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      StartRead(&in_);
    }
  }

 private:
  void OnReadInitialMetadataDone(bool ok) override {
    if (ok && on_opened_) {
      on_opened_();
    }
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      on_message_(transport::take_bytes(in_));
      return;
    }
    end();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      context_.TryCancel();
    } else if (session_.place_.get() == this) {
      session_.events_.batch_sent(&session_);
    }
  }

  void OnDone(const grpc::Status& status) override {
    Session& session = session_;
    bool closed = false;
    {
      const std::lock_guard lock(session.mutex_);
      closed = session.closed_;
    }
    if (!closed) {
      Error why = status.ok() ? Error(ErrorCode::kUnavailable, "core ended the stream")
                              : transport::to_error(status);
      if (session.place_.get() == this) {
        session.events_.place_ended(&session, std::move(why));
      } else {
        session.events_.watch_ended(&session, std::move(why));
      }
    }
    session.untrack(&context_);  // last: close() may go on and destroy this
  }

  Session& session_;
  const std::function<void(std::string)> on_message_;
  const std::function<void()> on_opened_;
  grpc::ClientContext context_;
  std::mutex mutex_;
  bool ended_ = true;  // until started
  grpc::ByteBuffer in_;
  grpc::ByteBuffer out_;
};

struct Session::UnaryCall {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

Session::Session(std::uint64_t id, const LinkOptions& options, const Credentials& credentials,
                 SessionEvents& events)
    : id_(id),
      call_timeout_(options.call_timeout),
      events_(events),
      channel_(make_channel(options, credentials)),
      stub_(channel_) {}

Session::~Session() {
  const std::lock_guard lock(mutex_);
  CHECK(running_.empty());
}

bool Session::track(grpc::ClientContext* context) {
  const std::lock_guard lock(mutex_);
  if (closed_) {
    return false;
  }
  running_.insert(context);
  return true;
}

void Session::untrack(grpc::ClientContext* context) {
  const std::lock_guard lock(mutex_);
  running_.erase(context);
  changed_.notify_all();  // under the lock: close() may destroy this as soon as it is released
}

void Session::open_place() {
  place_ = std::make_unique<Stream>(
      *this,
      [this](std::string bytes) {
        events_.batch_answered(this, std::move(bytes));
        place_->read_on();
      },
      [this] { events_.place_opened(this); });
  place_->start("/dermaga.link.v1.Orders/Place");
}

void Session::open_watches(std::uint64_t since_version) {
  catalog_ = std::make_unique<Stream>(
      *this, [this](std::string bytes) { events_.catalog_message(this, std::move(bytes)); },
      nullptr);
  capacity_ = std::make_unique<Stream>(
      *this, [this](std::string bytes) { events_.capacity_message(this, std::move(bytes)); },
      nullptr);
  if (catalog_->start("/dermaga.link.v1.Catalog/Watch")) {
    catalog_->write(wire::encode(wire::CatalogWatch{since_version}));
  }
  if (capacity_->start("/dermaga.link.v1.Capacity/Watch")) {
    capacity_->write(wire::encode(wire::Empty{}));
  }
}

void Session::resume_catalog() {
  catalog_->read_on();
}
void Session::resume_capacity() {
  capacity_->read_on();
}
void Session::send_batch(std::string bytes) {
  place_->write(std::move(bytes));
}

bool Session::call(const std::string& method, const std::string& request, const CallDone& done) {
  if (calls_in_flight_.fetch_add(1) >= kCallsInFlightMax) {
    calls_in_flight_.fetch_sub(1);
    done(make_error(ErrorCode::kOverloaded, "too many calls are in flight"));
    return true;
  }
  auto call = std::make_shared<UnaryCall>();
  call->context.set_deadline(std::chrono::system_clock::now() + call_timeout_);
  transport::put_bytes(request, &call->request);
  if (!track(&call->context)) {
    calls_in_flight_.fetch_sub(1);
    return false;
  }
  stub_.UnaryCall(&call->context, method, {}, &call->request, &call->response,
                  [this, call, done](const grpc::Status& status) {
                    if (status.ok()) {
                      done(transport::take_bytes(call->response));
                    } else {
                      done(std::unexpected(transport::to_error(status)));
                    }
                    calls_in_flight_.fetch_sub(1);
                    untrack(&call->context);
                  });
  return true;
}

void Session::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (grpc::ClientContext* context : running_) {
      context->TryCancel();
    }
  }
  // A stream that nobody reads on would wait for its hold.
  for (Stream* stream : {place_.get(), catalog_.get(), capacity_.get()}) {
    if (stream != nullptr) {
      stream->end();
    }
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return running_.empty(); });
}

}  // namespace dermaga::edge_end
