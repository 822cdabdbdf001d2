#pragma once

#include <google/protobuf/arena.h>

#include <limits>
#include <string>
#include <string_view>

#include "checker.h"
#include "result/result.h"

namespace dermaga::wire {

// One protobuf message on its own arena: the many small strings of a batch are freed at once.
template <typename Proto>
class OnArena {
 public:
  OnArena() : message_(google::protobuf::Arena::CreateMessage<Proto>(&arena_)) {}
  Proto* operator->() { return message_; }
  const Proto& operator*() const { return *message_; }
  std::string bytes() const {
    std::string out;
    CHECK(message_->SerializeToString(&out));
    return out;
  }
  bool parse(std::string_view bytes) {
    return bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()) &&
           message_->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }

 private:
  google::protobuf::Arena arena_;
  Proto* message_;
};

// Parses, reads with `read(proto, checker)`, and answers with the first thing that is wrong.
template <typename Message, typename Proto, typename Read>
Result<Message> parse(std::string_view bytes, Read read) {
  OnArena<Proto> proto;
  if (!proto.parse(bytes)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "not a " + std::string(Proto::descriptor()->name()) + " message");
  }
  Checker checker;
  Message message = read(*proto, checker);
  RETURN_IF_ERROR(checker.status());
  return message;
}

}  // namespace dermaga::wire
