#include "session.h"

#include "wire/messages.h"

namespace dermaga::edge_end {

Session::Session(std::uint64_t id, const LinkOptions& options,
                 const dialing::Credentials& credentials, SessionEvents& events)
    : id_(id),
      events_(events),
      connection_(dialing::Connection::create({.target = options.target,
                                               .server_name = options.server_name,
                                               .call_timeout = options.call_timeout},
                                              credentials)) {}

void Session::open_place() {
  place_ = connection_->open_stream(
      "/dermaga.link.v1.Orders/Place",
      {.opened = [this] { events_.place_opened(this); },
       .message =
           [this](dialing::Stream& stream, std::string bytes) {
             events_.batch_answered(this, std::move(bytes));
             stream.read_on();
           },
       .sent = [this] { events_.batch_sent(this); },
       .ended = [this](Error why) { events_.place_ended(this, std::move(why)); }});
}

void Session::open_watches(std::uint64_t since_version) {
  const auto ended = [this](Error why) { events_.watch_ended(this, std::move(why)); };
  catalog_ = connection_->open_stream(
      "/dermaga.link.v1.Catalog/Watch",
      {.opened = {},
       .message = [this](dialing::Stream&,
                         std::string bytes) { events_.catalog_message(this, std::move(bytes)); },
       .sent = {},
       .ended = ended});
  capacity_ = connection_->open_stream(
      "/dermaga.link.v1.Capacity/Watch",
      {.opened = {},
       .message = [this](dialing::Stream&,
                         std::string bytes) { events_.capacity_message(this, std::move(bytes)); },
       .sent = {},
       .ended = ended});
  // Only the owner closes, on the thread that runs this: both are there.
  catalog_->write(wire::encode(wire::CatalogWatch{since_version}));
  capacity_->write(wire::encode(wire::Empty{}));
}

}  // namespace dermaga::edge_end
