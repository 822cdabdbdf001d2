#include "edge_host.h"

#include <utility>

#include "wire/messages.h"

namespace dermaga::simulation {
namespace {

constexpr Milliseconds kWindow{2};
constexpr Milliseconds kPatience{10s};
constexpr Milliseconds kSessionCheckEvery{1s};
constexpr Milliseconds kSessionSilenceMax{5s};

EdgeHost::Answer answer_of(const store_api::Answer& answer) {
  EdgeHost::Answer out;
  if (const auto* response = std::get_if<http::Response>(&answer)) {
    out.status = response->status;
    out.body = response->body;
    for (const auto& [name, value] : response->headers) {
      out.is_replay = out.is_replay || (name == "Idempotent-Replayed" && value == "true");
    }
    return out;
  }
  const auto& prepared = *std::get<std::shared_ptr<const http::PreparedResponse>>(answer);
  return {.status = prepared.status, .is_replay = false, .body = prepared.body};
}

}  // namespace

EdgeHost::EdgeHost(Context& context, const Shop& shop, Network& network, CoreHost& core,
                   const Spools& spools, HostId id)
    : context_(context), shop_(shop), network_(network), core_(core), spools_(spools), id_(id) {}

EdgeHost::~EdgeHost() {
  stop();
}

void EdgeHost::start() {
  ++started_;
  views_.set(shop_.view);
  open_spools();
  api_ = std::make_unique<store_api::StoreApi>(
      views_, *this, context_.timeline, store_api::StoreApiOptions{.spool = spool_group_.get()});
  contract::EdgeKeys keys;
  keys.derivation_key = std::string(32, 's');  // as Shop::make derives by
  keys.sealing_keys_json = "{}";
  CHECK(api_->set_keys(keys).has_value());
  open_session();
  keep_session();
}

void EdgeHost::open_spools() {
  if (spools_.empty()) {
    return;
  }
  std::vector<spool_group::NamedSpool> named;
  for (const auto& spool : spools_) {
    named.push_back({spool->name(), std::make_shared<SpoolDoor>(context_, network_, *spool, id_)});
  }
  spool_group_ =
      spool_group::SpoolGroup::create(
          std::move(named), {.copies = static_cast<std::size_t>(context_.plan.spool_copies)})
          .value();
}

void EdgeHost::stop() {
  ++started_;
  api_.reset();
  spool_group_.reset();
  waiting_orders_.clear();
  waiting_.clear();
  batches_.clear();
  views_asked_.clear();
  has_session_ = false;
}

std::function<void()> EdgeHost::while_alive(std::function<void()> act) {
  return [this, number = started_, act = std::move(act)] {
    if (started_ == number) {
      act();
    }
  };
}

void EdgeHost::request(http::Method method, const std::string& path,
                       const std::vector<std::pair<std::string, std::string>>& headers,
                       const std::string& body, std::function<void(Answer)> answer) {
  if (!is_alive()) {
    return;
  }
  http::Request request;
  request.method = method;
  request.target = path;
  request.path = path;
  request.body = body;
  for (const auto& [name, value] : headers) {
    request.headers.emplace_back(name, value);
  }
  api_->handle(request, [this, number = started_,
                         answer = std::move(answer)](const store_api::Answer& given) {
    if (started_ == number) {
      answer(answer_of(given));
    }
  });
}

bool EdgeHost::connected() const {
  return has_session_ && context_.timeline.elapsed() - heard_at_ < kSessionSilenceMax;
}

void EdgeHost::place(contract::PlaceOrder order, PlaceDone done) {
  if (auto checked = wire::check_order(order); !checked.has_value()) {
    done(std::unexpected(std::move(checked).error()));
    return;
  }
  if (!connected()) {
    done(make_error(ErrorCode::kUnavailable, "core cannot be reached"));
    return;
  }
  waiting_orders_.push_back(std::move(order));
  waiting_.push_back(std::move(done));
  if (waiting_.size() == 1) {
    context_.timeline.after(kWindow, while_alive([this] { flush(); }));
  }
}

void EdgeHost::flush() {
  wire::PlaceBatch batch{.batch_id = ++last_batch_, .orders = std::exchange(waiting_orders_, {})};
  batches_[batch.batch_id] = std::exchange(waiting_, {});
  context_.timeline.after(kPatience, while_alive([this, id = batch.batch_id] { give_up(id); }));
  network_.send(id_, kCore, [this, number = started_, bytes = wire::encode(batch)] {
    core_.place(bytes, [this, number](const std::string& answer) {
      network_.send(kCore, id_, [this, number, answer] {
        if (started_ == number) {
          batch_answered(answer);
        }
      });
    });
  });
}

void EdgeHost::batch_answered(const std::string& bytes) {
  auto result = wire::decode<wire::PlaceBatchResult>(bytes);
  CHECK(result.has_value());
  const auto found = batches_.find(result->batch_id);
  if (found == batches_.end() || found->second.size() != result->outcomes.size()) {
    return;  // answered before, or too late
  }
  const auto calls = std::move(found->second);
  batches_.erase(found);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    calls[i](std::move(result->outcomes[i]));
  }
}

void EdgeHost::give_up(std::uint64_t batch_id) {
  const auto found = batches_.find(batch_id);
  if (found == batches_.end()) {
    return;
  }
  const auto calls = std::move(found->second);
  batches_.erase(found);
  for (const PlaceDone& done : calls) {
    done(make_error(ErrorCode::kTimeout, "core did not answer in time"));
  }
}

void EdgeHost::order_view(OrderId id, std::string access_token, ViewDone done) {
  if (!connected()) {
    done(make_error(ErrorCode::kUnavailable, "core cannot be reached"));
    return;
  }
  const std::uint64_t call = ++last_view_;
  views_asked_[call] = std::move(done);
  const auto finish = [this, call](Result<contract::OrderView> view) {
    if (auto found = views_asked_.extract(call)) {
      found.mapped()(std::move(view));
    }
  };
  context_.timeline.after(kPatience, while_alive([finish] {
                            finish(make_error(ErrorCode::kTimeout, "core did not answer in time"));
                          }));
  network_.send(id_, kCore, [this, number = started_, id, access_token, finish] {
    core_.order_view(id, access_token, [this, number, finish](Result<contract::OrderView> view) {
      network_.send(kCore, id_, [this, number, finish, view = std::move(view)] {
        if (started_ == number) {
          finish(view);
        }
      });
    });
  });
}

void EdgeHost::sealed_call(std::string, UtcTime,
                           std::function<void(Result<contract::SealedAnswer>)> done) {
  done(make_error(ErrorCode::kUnavailable, "the simulator's shoppers make no sealed calls"));
}

void EdgeHost::keep_session() {
  context_.timeline.after(kSessionCheckEvery, while_alive([this] {
                            if (connected()) {
                              ask_heartbeat();
                            } else {
                              has_session_ = false;
                              open_session();
                            }
                            keep_session();
                          }));
}

// Core says how many updates there were: the last one may be lost, and no later one would show it.
void EdgeHost::ask_heartbeat() {
  network_.send(id_, kCore, [this, number = started_, session = session_] {
    const auto sent = core_.updates_sent(id_, session);
    if (!sent.has_value()) {
      return;
    }
    network_.send(kCore, id_, [this, number, session, sent] {
      if (started_ == number && session_ == session) {
        heard_at_ = context_.timeline.elapsed();
        has_session_ = has_session_ && *sent <= updates_seen_;
      }
    });
  });
}

void EdgeHost::open_session() {
  const std::uint64_t session = ++session_;
  updates_seen_ = 0;
  // A stream lies in a connection to one process: a copy that comes late reaches no later one.
  network_.send(id_, kCore, [this, number = started_, session, process = core_.process_number()] {
    if (core_.process_number() != process) {
      return;
    }
    core_.watch_capacity(
        id_, session,
        [this, number, session](std::uint64_t count, const contract::CapacityUpdate& update) {
          network_.send(kCore, id_, [this, number, session, count, update] {
            if (started_ == number) {
              on_capacity(session, count, update);
            }
          });
        });
  });
}

void EdgeHost::on_capacity(std::uint64_t session, std::uint64_t number,
                           const contract::CapacityUpdate& update) {
  if (session != session_ || number <= updates_seen_) {
    return;
  }
  if (number != updates_seen_ + 1) {
    has_session_ = false;  // one was lost or overtaken: start over with a complete list
    return;
  }
  updates_seen_ = number;
  has_session_ = true;
  heard_at_ = context_.timeline.elapsed();
  const auto view = views_.get();
  if (auto next = view->with_availability(update)) {
    views_.set(std::move(next));
  }
}

bool EdgeHost::shows_as_sold_out(const VariantId& variant) const {
  return views_.get()->availability(variant) == contract::Availability::kSoldOut;
}

}  // namespace dermaga::simulation
