#include "approvals/approvals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "test_store/test_store.h"

namespace dermaga::approvals {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const UtcTime kStart = from_unix_ms(1'790'000'000'000);
const StaffId kAnna = StaffId::parse("stf_anna").value();
const StaffId kBudi = StaffId::parse("stf_budi").value();
const StaffId kCitra = StaffId::parse("stf_citra").value();

roles::PermissionSet everything() {
  return roles::permissions_of(roles::kOwner).value_or(roles::PermissionSet());
}
audit::Actor actor_of(const StaffId& staff) {
  return {.name = "staff:" + staff.str(), .source = "test"};
}
Requester asker(const StaffId& staff) {
  return {.actor = actor_of(staff), .staff = staff};
}
Decider person(const StaffId& staff) {
  return {.actor = actor_of(staff), .staff = staff, .permissions = everything(), .is_person = true};
}
const Decider kHost{.actor = {.name = "host:root", .source = "command line"},
                    .staff = {},
                    .permissions = everything()};

class ApprovalsTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-approvals-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    approvals_ = std::make_unique<Approvals>(
        Ports{.database = *database_,
              .clock = clock_,
              .random = system_random(),
              .waits = 72h,
              .permissions_now = [this](store::Connection&,
                                        const StaffId& staff) -> Result<roles::PermissionSet> {
                return gone_.contains(staff) ? roles::PermissionSet() : everything();
              },
              .perform = [this](const Approval& approval, const audit::Actor&) -> Status {
                ++tries_;
                if (during_act_) {
                  during_act_();
                }
                const std::scoped_lock lock(mutex_);
                if (act_fails_.has_value()) {
                  return std::unexpected(*act_fails_);
                }
                done_.insert(approval.id.str());
                return {};
              }});
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static Request refund(std::string key = "k1", std::int64_t amount = 600'000) {
    return {.deed = {.kind = Kind::kOrderRefund, .subject = "ord_a", .amount = amount},
            .key = std::move(key),
            .by = asker(kAnna),
            .reason = "broken"};
  }
  Approval asked(const Request& request = refund()) { return approvals_->ask(request).value(); }
  State state_of(const Approval& approval) { return approvals_->find(approval.id).value().state; }

  // "approval.ask", "DENIED approval.approve", …
  std::vector<std::string> acts() {
    std::vector<std::string> out;
    const auto connection = database_->connect().value();
    EXPECT_TRUE(audit::read(*connection, 0, 100, [&out](const audit::Entry& entry) -> Status {
                  out.push_back((entry.act.is_denied ? "DENIED " : "") + entry.act.action);
                  return {};
                }).has_value());
    return out;
  }

  std::string folder_;
  ManualClock clock_{kStart};
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<Approvals> approvals_;
  std::set<StaffId> gone_;
  std::mutex mutex_;
  std::set<std::string> done_;
  std::optional<Error> act_fails_;
  std::function<void()> during_act_;
  std::atomic<int> tries_ = 0;
};

TEST_F(ApprovalsTest, ASecondPersonAgreesAndItIsDone) {
  const Approval approval = asked();
  EXPECT_EQ(approval.state, State::kWaiting);
  EXPECT_EQ(approval.expires_at, kStart + 72h);
  EXPECT_EQ(approvals_->open_count().value(), 1);
  EXPECT_EQ(tries_, 0);
  const auto outcome = approvals_->approve(approval.id, person(kBudi), "seen the photo").value();
  EXPECT_FALSE(outcome.refusal.has_value());
  EXPECT_EQ(outcome.approval.state, State::kDone);
  EXPECT_EQ(outcome.approval.decided_by, "staff:stf_budi");
  EXPECT_EQ(outcome.approval.decided_reason, "seen the photo");
  EXPECT_EQ(outcome.approval.version, 3);
  EXPECT_EQ(tries_, 1);
  EXPECT_EQ(approvals_->open_count().value(), 0);
  EXPECT_THAT(acts(), ElementsAre("approval.ask", "approval.approve", "approval.done"));
  EXPECT_EQ(approvals_->approve(approval.id, person(kCitra), "me too").value().refusal,
            Refusal::kOver);
  EXPECT_EQ(tries_, 1);
}

TEST_F(ApprovalsTest, NobodyAgreesToTheirOwn) {
  const Approval approval = asked();
  EXPECT_EQ(approvals_->approve(approval.id, person(kAnna), "me").value().refusal,
            Refusal::kOwnRequest);
  EXPECT_THAT(acts(), ElementsAre("approval.ask", "DENIED approval.approve"));
  // Nor to what a token of theirs asked.
  Request by_token = refund("k2");
  by_token.by.actor.name = "token:tok_a";
  EXPECT_EQ(approvals_->approve(asked(by_token).id, person(kAnna), "me").value().refusal,
            Refusal::kOwnRequest);
  EXPECT_EQ(approvals_->refuse(approval.id, person(kAnna), "me").value().refusal,
            Refusal::kOwnRequest);
  EXPECT_EQ(state_of(approval), State::kWaiting);
  EXPECT_EQ(tries_, 0);
}

TEST_F(ApprovalsTest, OnlyAPersonWithTheRightAgrees) {
  const Approval approval = asked();
  Decider not_fresh = person(kBudi);
  not_fresh.is_person = false;
  Decider unentitled = person(kBudi);
  unentitled.permissions = roles::permissions_of("fulfilment").value_or(roles::PermissionSet());
  for (const Decider& wrong : {not_fresh, unentitled, kHost}) {
    const auto outcome = approvals_->approve(approval.id, wrong, "why");
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code(), ErrorCode::kForbidden);
  }
  EXPECT_EQ(approvals_->refuse(approval.id, unentitled, "why").error().code(),
            ErrorCode::kForbidden);
  EXPECT_EQ(approvals_->approve(approval.id, person(kBudi), " ").error().code(),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(approvals_->approve(ApprovalId::parse("apr_none").value(), person(kBudi), "why")
                .error()
                .code(),
            ErrorCode::kNotFound);
  EXPECT_EQ(state_of(approval), State::kWaiting);
  // Cancelling what was paid wants both rights.
  Decider half = person(kBudi);
  half.permissions = {roles::Permission::kOrdersCancel};
  const Approval cancel = asked({.deed = {.kind = Kind::kOrderCancel, .subject = "ord_b"},
                                 .key = "",
                                 .by = asker(kAnna),
                                 .reason = "late"});
  EXPECT_EQ(approvals_->approve(cancel.id, half, "why").error().code(), ErrorCode::kForbidden);
}

TEST_F(ApprovalsTest, OfTwoAtOnceOneApproves) {
  const Approval approval = asked();
  std::vector<std::thread> people;
  std::atomic<int> told_done = 0;
  for (const StaffId& staff : {kBudi, kCitra}) {
    people.emplace_back([&, staff] {
      const auto outcome = approvals_->approve(approval.id, person(staff), "yes");
      ASSERT_TRUE(outcome.has_value()) << outcome.error().message();
      EXPECT_TRUE(!outcome->refusal.has_value() || outcome->refusal == Refusal::kOver);
      told_done += outcome->refusal.has_value() ? 0 : 1;
    });
  }
  for (auto& one : people) {
    one.join();
  }
  EXPECT_GE(told_done, 1);
  EXPECT_EQ(done_.size(), 1);
  EXPECT_EQ(state_of(approval), State::kDone);
  const auto found = approvals_->find(approval.id).value();
  EXPECT_GE(found.version, 3) << "one approval and one end of it, and perhaps one that took over";
  EXPECT_EQ(std::ranges::count(acts(), "approval.done"), 1);
}

TEST_F(ApprovalsTest, TheSameRequestIsTheSameApproval) {
  const Approval first = asked();
  EXPECT_EQ(asked().id, first.id);
  EXPECT_EQ(approvals_->ask(refund("k1", 7)).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_NE(asked(refund("k2")).id, first.id);
  EXPECT_EQ(approvals_->asked_under("k1").value().value_or(Approval{}).id, first.id);
  EXPECT_FALSE(approvals_->asked_under("k3").value().has_value());
  EXPECT_FALSE(approvals_->asked_under("").value().has_value());
  ASSERT_TRUE(approvals_->refuse(first.id, person(kBudi), "no").has_value());
  const Approval second = asked();
  EXPECT_NE(second.id, first.id) << "refusals are not remembered";
  clock_.advance(72h);
  EXPECT_FALSE(approvals_->asked_under("k1").value().has_value());
  const Approval third = asked();
  EXPECT_NE(third.id, second.id) << "nor what expired";
  ASSERT_TRUE(approvals_->approve(third.id, person(kBudi), "yes").has_value());
  EXPECT_EQ(asked().id, third.id);
  EXPECT_EQ(asked().state, State::kDone) << "what was done is not done again";
  const Request destroy{.deed = {.kind = Kind::kKeyDestroy, .subject = "1"},
                        .key = "",
                        .by = asker(kAnna),
                        .reason = "old"};
  const Approval key = asked(destroy);
  EXPECT_EQ(asked(destroy).id, key.id);
  ASSERT_TRUE(approvals_->withdraw(key.id, person(kAnna)).has_value());
  EXPECT_NE(asked(destroy).id, key.id) << "without a key it is the same while it is open";
}

TEST_F(ApprovalsTest, ManyAtOnceAskOnce) {
  std::vector<std::thread> askers;
  std::mutex mutex;
  std::set<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    askers.emplace_back([&] {
      const auto approval = approvals_->ask(refund());
      ASSERT_TRUE(approval.has_value()) << approval.error().message();
      const std::scoped_lock lock(mutex);
      ids.insert(approval->id.str());
    });
  }
  for (auto& one : askers) {
    one.join();
  }
  EXPECT_EQ(ids.size(), 1);
  EXPECT_THAT(acts(), ElementsAre("approval.ask"));
}

TEST_F(ApprovalsTest, ExpiresAfterItsTime) {
  const Approval approval = asked();
  const Approval other = asked(refund("k2"));
  clock_.advance(72h);
  EXPECT_EQ(state_of(approval), State::kExpired);
  EXPECT_EQ(approvals_->open_count().value(), 0);
  EXPECT_TRUE(approvals_->list({.state = State::kWaiting}).value().items.empty());
  EXPECT_EQ(approvals_->list({.state = State::kExpired}).value().items.size(), 2);
  EXPECT_EQ(approvals_->approve(approval.id, person(kBudi), "late").value().refusal,
            Refusal::kOver);
  EXPECT_EQ(approvals_->refuse(other.id, person(kBudi), "late").value().refusal, Refusal::kOver);
  ASSERT_TRUE(approvals_->tend().has_value());
  ASSERT_TRUE(approvals_->tend().has_value());
  EXPECT_THAT(acts(),
              ElementsAre("approval.ask", "approval.ask", "approval.expire", "approval.expire"));
  EXPECT_EQ(tries_, 0);
}

TEST_F(ApprovalsTest, WhoAskedMustStillBeAllowedTo) {
  const Approval approval = asked();
  gone_.insert(kAnna);
  const auto outcome = approvals_->approve(approval.id, person(kBudi), "yes").value();
  EXPECT_EQ(outcome.refusal, Refusal::kRequesterNotAllowed);
  EXPECT_EQ(outcome.approval.state, State::kRefused);
  EXPECT_EQ(outcome.approval.decided_reason, "requester_not_allowed");
  EXPECT_EQ(tries_, 0);
  EXPECT_THAT(acts(), ElementsAre("approval.ask", "approval.refuse"));
}

TEST_F(ApprovalsTest, TheHostAsksAndAnyPersonAgrees) {
  Request request = refund();
  request.by = {.actor = kHost.actor, .staff = {}};
  const Approval approval = asked(request);
  EXPECT_EQ(approvals_->approve(approval.id, person(kAnna), "yes").value().approval.state,
            State::kDone);
  const Approval own = asked(refund("k2"));
  EXPECT_EQ(approvals_->withdraw(own.id, kHost).error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(approvals_->refuse(own.id, kHost, "no").value().approval.state, State::kRefused);
}

TEST_F(ApprovalsTest, ACrashBetweenApprovedAndDoneIsMadeGood) {
  const Approval approval = asked();
  act_fails_ = Error(ErrorCode::kUnavailable, "the store is away");
  EXPECT_EQ(approvals_->approve(approval.id, person(kBudi), "yes").error().code(),
            ErrorCode::kUnavailable);
  EXPECT_EQ(state_of(approval), State::kApproved);
  EXPECT_EQ(approvals_->list({.state = State::kApproved}).value().items.size(), 1);
  // It may have been done: nobody refuses or withdraws it any more.
  EXPECT_EQ(approvals_->refuse(approval.id, person(kCitra), "no").value().refusal, Refusal::kOver);
  EXPECT_EQ(approvals_->withdraw(approval.id, person(kAnna)).value().refusal, Refusal::kOver);
  EXPECT_EQ(approvals_->approve(approval.id, person(kAnna), "me").value().refusal,
            Refusal::kOwnRequest);
  act_fails_.reset();
  clock_.advance(100h);
  const auto outcome = approvals_->approve(approval.id, person(kCitra), "again").value();
  EXPECT_EQ(outcome.approval.state, State::kDone);
  EXPECT_EQ(outcome.approval.decided_by, "staff:stf_budi") << "who agreed first";
  EXPECT_EQ(tries_, 2);
}

TEST_F(ApprovalsTest, AnActThatIsRefusedEndsIt) {
  const Approval approval = asked();
  act_fails_ = Error(ErrorCode::kVersionConflict, "nothing is left");
  const auto outcome = approvals_->approve(approval.id, person(kBudi), "yes").value();
  EXPECT_EQ(outcome.refusal, Refusal::kActRefused);
  EXPECT_EQ(outcome.error.value_or(Error(ErrorCode::kInternal, "")).message(), "nothing is left");
  EXPECT_EQ(outcome.approval.state, State::kRefused);
  EXPECT_EQ(outcome.approval.decided_reason, "nothing is left");
  EXPECT_THAT(acts(), ElementsAre("approval.ask", "approval.approve", "approval.refuse"));
}

TEST_F(ApprovalsTest, WhoAskedWithdraws) {
  const Approval approval = asked();
  EXPECT_EQ(approvals_->withdraw(approval.id, person(kBudi)).error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(approvals_->withdraw(approval.id, person(kAnna)).value().approval.state,
            State::kWithdrawn);
  EXPECT_EQ(approvals_->withdraw(approval.id, person(kAnna)).value().refusal, Refusal::kOver);
  EXPECT_EQ(approvals_->approve(approval.id, person(kBudi), "yes").value().refusal, Refusal::kOver);
  EXPECT_THAT(acts(), ElementsAre("approval.ask", "approval.withdraw"));
}

TEST_F(ApprovalsTest, NoMoreThanTheBoundWait) {
  const auto connection = database_->connect().value();
  for (int i = 1; i <= kWaitingMax; ++i) {
    const std::string id = "apr_" + std::to_string(i);
    const store::Parameter row[] = {std::int64_t{i}, std::string_view(id), to_unix_ms(kStart + 1h)};
    ASSERT_TRUE(connection
                    ->execute("INSERT INTO approvals VALUES ($1, $2, 1, 'ord_x', 1, '', $2, "
                              "'host:root', '', 'r', 0, $3, 1, '', '', 0, 1)",
                              row)
                    .has_value());
  }
  EXPECT_EQ(approvals_->ask(refund()).error().code(), ErrorCode::kOverloaded);
  clock_.advance(1h);
  EXPECT_EQ(asked().number, kWaitingMax + 1) << "what is over makes room";
}

TEST_F(ApprovalsTest, NobodyFillsTheListAlone) {
  for (int i = 0; i < kWaitingOfOneMax; ++i) {
    asked(refund("k" + std::to_string(i)));
  }
  EXPECT_EQ(approvals_->ask(refund("one more")).error().code(), ErrorCode::kOverloaded);
  EXPECT_EQ(asked(refund("k0")).number, 1) << "the same again is no other";
  Request others = refund("another's");
  others.by = asker(kBudi);
  EXPECT_TRUE(approvals_->ask(others).has_value());
}

// Core ended between, or the provider was away.
TEST_F(ApprovalsTest, CoreDoesWhatWasAgreedToAndNotDone) {
  const Approval approval = asked();
  act_fails_ = Error(ErrorCode::kUnavailable, "not now");
  EXPECT_FALSE(approvals_->approve(approval.id, person(kBudi), "yes").has_value());
  EXPECT_EQ(approvals_->open_count().value(), 1) << "it is not forgotten";
  act_fails_.reset();
  ASSERT_TRUE(approvals_->tend().has_value());
  EXPECT_EQ(state_of(approval), State::kApproved) << "whoever agreed may be at it";
  clock_.advance(kDoneWithin);
  ASSERT_TRUE(approvals_->tend().has_value());
  EXPECT_EQ(state_of(approval), State::kDone);
  EXPECT_EQ(approvals_->find(approval.id).value().decided_by, "staff:stf_budi");
  EXPECT_THAT(acts(), ElementsAre("approval.ask", "approval.approve", "approval.done"));
}

// What failed here may have been done there.
TEST_F(ApprovalsTest, AFailureDoesNotEndWhatSomebodyElseTookOver) {
  const Approval approval = asked();
  act_fails_ = Error(ErrorCode::kUnavailable, "not now");
  EXPECT_FALSE(approvals_->approve(approval.id, person(kBudi), "yes").has_value());
  during_act_ = [&] {
    during_act_ = nullptr;
    act_fails_.reset();
    EXPECT_EQ(approvals_->approve(approval.id, person(kCitra), "again").value().approval.state,
              State::kDone);
    act_fails_ = Error(ErrorCode::kVersionConflict, "nothing is left");
  };
  const auto late = approvals_->approve(approval.id, person(kBudi), "yes, again").value();
  EXPECT_EQ(late.approval.state, State::kDone);
}

TEST_F(ApprovalsTest, WhoeverAgreesMustStillBeAllowedTo) {
  const Approval approval = asked();
  gone_.insert(kBudi);
  EXPECT_EQ(approvals_->approve(approval.id, person(kBudi), "yes").error().code(),
            ErrorCode::kForbidden);
  EXPECT_EQ(state_of(approval), State::kWaiting);
}

TEST_F(ApprovalsTest, PagesAreNewestFirst) {
  for (int i = 0; i < 5; ++i) {
    asked(refund("k" + std::to_string(i)));
  }
  const auto first = approvals_->list({.limit = 2}).value();
  ASSERT_EQ(first.items.size(), 2);
  EXPECT_EQ(first.items[0].number, 5);
  EXPECT_EQ(first.next_before, 4);
  const auto last = approvals_->list({.before = 2, .limit = 2}).value();
  ASSERT_EQ(last.items.size(), 1);
  EXPECT_FALSE(last.next_before.has_value());
}

TEST(Kinds, HaveNamesAndRights) {
  EXPECT_EQ(name(Kind::kOrderRefund), "order.refund");
  EXPECT_EQ(name(Kind::kOrderCancel), "order.cancel");
  EXPECT_EQ(name(Kind::kKeyDestroy), "key.destroy");
  for (const State state : {State::kWaiting, State::kApproved, State::kDone, State::kRefused,
                            State::kWithdrawn, State::kExpired}) {
    EXPECT_EQ(state_from(name(state)), state);
  }
  EXPECT_FALSE(state_from("open").has_value());
}

}  // namespace
}  // namespace dermaga::approvals
