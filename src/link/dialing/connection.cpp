#include "dialing/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <vector>

#include "callback_anchor.h"
#include "transport/transport.h"

namespace dermaga::dialing {

namespace {

constexpr std::size_t kCallsInFlightMax = 1'024;
constexpr int kMessageBytesMax =
    64 * 1024 * 1024;  // from an end that is trusted: assets, snapshots
constexpr int kConnectTimeoutMs = 5'000;
constexpr int kReconnectFirstMs = 100;
constexpr int kReconnectMaxMs = 2'000;

std::shared_ptr<grpc::Channel> make_channel(const ConnectionOptions& options,
                                            const Credentials& credentials) {
  transport::require_tls13();
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
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectFirstMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  for (const auto& [name, value] : transport::keepalive_arguments()) {
    arguments.SetInt(name, value);
  }
  return grpc::CreateCustomChannel(options.target, grpc::SslCredentials(tls), arguments);
}

class ConnectionImpl final : public Connection {
 public:
  ConnectionImpl(const ConnectionOptions& options, const Credentials& credentials);
  ~ConnectionImpl() override;

  Stream* open_stream(const std::string& method, StreamEvents events) override;
  bool call(const std::string& method, const std::string& request, const CallDone& done) override;
  bool ready() override { return channel_->GetState(true) == GRPC_CHANNEL_READY; }
  bool idle() const override { return calls_in_flight_ == 0; }
  void close() override;

 private:
  class StreamImpl;
  struct UnaryCall {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
  };

  // With mutex_ held. False after close(): the call must not start.
  bool track(grpc::ClientContext* context) {
    if (!closed_) {
      running_.insert(context);
    }
    return !closed_;
  }
  void untrack(grpc::ClientContext* context) {
    const std::lock_guard lock(mutex_);
    running_.erase(context);
    changed_.notify_all();  // under the lock: close() may destroy this as soon as it is released
  }

  const std::chrono::milliseconds call_timeout_;
  const std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  std::set<grpc::ClientContext*> running_;
  std::vector<std::unique_ptr<StreamImpl>> streams_;
  std::atomic<std::size_t> calls_in_flight_ = 0;
};

// Writing and reading on are asked for from other threads, so a hold keeps gRPC from ending the
// stream in between.
class ConnectionImpl::StreamImpl final
    : public Stream,
      public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  StreamImpl(ConnectionImpl& connection, StreamEvents events)
      : connection_(connection), events_(std::move(events)) {}

  grpc::ClientContext* context() { return &context_; }

  void start(const std::string& method) {
    connection_.stub_.PrepareBidiStreamingCall(&context_, method, {}, this);
    AddHold();
    {
      const std::lock_guard lock(mutex_);
      ended_ = false;
    }
    StartRead(&in_);
    StartCall();
  }

  // Lets gRPC end the stream: nothing is written or read any more.
  void end() {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      ended_ = true;
      RemoveHold();
    }
  }

  void write(std::string bytes) override {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      transport::put_bytes(std::move(bytes), &out_);
      StartWrite(&out_);
    }
  }

  void read_on() override {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      StartRead(&in_);
    }
  }

 private:
  void OnReadInitialMetadataDone(bool ok) override {
    if (ok && events_.opened) {
      events_.opened();
    }
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      events_.message(*this, transport::take_bytes(in_));
      return;
    }
    end();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      context_.TryCancel();
    } else if (events_.sent) {
      events_.sent();
    }
  }

  void OnDone(const grpc::Status& status) override {
    ConnectionImpl& connection = connection_;
    bool closed = false;
    {
      const std::lock_guard lock(connection.mutex_);
      closed = connection.closed_;
    }
    if (!closed && events_.ended) {
      events_.ended(status.ok() ? Error(ErrorCode::kUnavailable, "core ended the stream")
                                : transport::to_error(status));
    }
    connection.untrack(&context_);  // last: close() may go on and destroy this
  }

  ConnectionImpl& connection_;
  const StreamEvents events_;
  grpc::ClientContext context_;
  std::mutex mutex_;
  bool ended_ = true;  // until started
  grpc::ByteBuffer in_;
  grpc::ByteBuffer out_;
};

ConnectionImpl::ConnectionImpl(const ConnectionOptions& options, const Credentials& credentials)
    : call_timeout_(options.call_timeout),
      channel_(make_channel(options, credentials)),
      stub_(channel_) {}

ConnectionImpl::~ConnectionImpl() {
  const std::lock_guard lock(mutex_);
  CHECK(running_.empty());
}

Stream* ConnectionImpl::open_stream(const std::string& method, StreamEvents events) {
  StreamImpl* stream = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto made = std::make_unique<StreamImpl>(*this, std::move(events));
    stream = made.get();
    if (!track(stream->context())) {
      return nullptr;
    }
    streams_.push_back(std::move(made));
  }
  stream->start(method);
  return stream;
}

bool ConnectionImpl::call(const std::string& method, const std::string& request,
                          const CallDone& done) {
  if (calls_in_flight_.fetch_add(1) >= kCallsInFlightMax) {
    calls_in_flight_.fetch_sub(1);
    done(make_error(ErrorCode::kOverloaded, "too many calls are in flight"));
    return true;
  }
  auto call = std::make_shared<UnaryCall>();
  call->context.set_deadline(std::chrono::system_clock::now() + call_timeout_);
  transport::put_bytes(request, &call->request);
  {
    const std::lock_guard lock(mutex_);
    if (!track(&call->context)) {
      calls_in_flight_.fetch_sub(1);
      return false;
    }
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

void ConnectionImpl::close() {
  std::vector<StreamImpl*> streams;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (grpc::ClientContext* context : running_) {
      context->TryCancel();
    }
    for (const auto& stream : streams_) {
      streams.push_back(stream.get());
    }
  }
  // A stream that nobody reads on would wait for its hold.
  for (StreamImpl* stream : streams) {
    stream->end();
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return running_.empty(); });
}

}  // namespace

std::unique_ptr<Connection> Connection::create(const ConnectionOptions& options,
                                               const Credentials& credentials) {
  return std::make_unique<ConnectionImpl>(options, credentials);
}

}  // namespace dermaga::dialing
