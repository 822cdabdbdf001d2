#include <algorithm>
#include <array>

#include "approvals/approval.h"

namespace dermaga::approvals {
namespace {

struct KindRow {
  Kind kind;
  std::string_view name;
  roles::PermissionSet wanted;
};

// A later kind is one more row here, and its act where `Ports::perform` is given.
const auto& kind_rows() {
  using enum roles::Permission;
  static const std::array kRows = {
      KindRow{Kind::kOrderRefund, "order.refund", {kOrdersRefund}},
      // Of a paid order: its money goes back.
      KindRow{Kind::kOrderCancel, "order.cancel", {kOrdersCancel, kOrdersRefund}},
      KindRow{Kind::kKeyDestroy, "key.destroy", {kKeysDestroy}},
  };
  return kRows;
}

const KindRow& row_of(Kind kind) {
  const auto found = std::ranges::find(kind_rows(), kind, &KindRow::kind);
  CHECK(found != kind_rows().end());  // rows are checked when they are read
  return *found;
}

struct StateRow {
  State state;
  std::string_view name;
};
constexpr StateRow kStates[] = {{State::kWaiting, "waiting"},     {State::kApproved, "approved"},
                                {State::kDone, "done"},           {State::kRefused, "refused"},
                                {State::kWithdrawn, "withdrawn"}, {State::kExpired, "expired"}};

}  // namespace

std::string_view name(Kind kind) {
  return row_of(kind).name;
}

const roles::PermissionSet& permissions_for(Kind kind) {
  return row_of(kind).wanted;
}

std::string_view name(State state) {
  return std::ranges::find(kStates, state, &StateRow::state)->name;
}

std::optional<State> state_from(std::string_view name) {
  const auto* const found = std::ranges::find(kStates, name, &StateRow::name);
  return found == std::end(kStates) ? std::nullopt : std::optional(found->state);
}

bool is_known(std::int64_t kind) {
  return std::ranges::any_of(
      kind_rows(), [kind](const KindRow& row) { return static_cast<int>(row.kind) == kind; });
}

}  // namespace dermaga::approvals
