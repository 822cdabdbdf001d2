#pragma once

#include <string_view>

// Faults that are planted on purpose, to prove that the simulation finds what it is there to find.
// At its place in the code each is one line, `if (planted::fault(planted::kName))`. Compiled for a
// program that is meant to run, the question is the constant false and the fault is not there at
// all; compiled with DERMAGA_PLANTED, for dermaga-simulate-planted alone, it is asked of the one
// fault that this program switched on.
namespace dermaga::planted {

struct Fault {
  std::string_view name;
  std::string_view sentence;  // what goes wrong
};

#ifdef DERMAGA_PLANTED
// Set before the first run and never during one.
inline const Fault* active = nullptr;
inline bool fault(const Fault& asked) {
  return active == &asked;
}
#else
consteval bool fault(const Fault&) {
  return false;
}
#endif

// ---- placing an order
inline constexpr Fault kAcknowledgeBeforeCommit{
    "acknowledge_before_commit", "orders are answered before their transaction is committed"};
inline constexpr Fault kFailedCommitAcknowledged{
    "failed_commit_acknowledged", "a batch whose commit failed is answered as if it had not"};
inline constexpr Fault kStockCheckedOutside{
    "stock_checked_outside", "units are counted in the rows that an earlier transaction read"};
inline constexpr Fault kStockBeforeKey{"stock_before_key",
                                       "units are counted before the idempotency key is looked up"};
inline constexpr Fault kKeyNotLookedUp{
    "key_not_looked_up", "the key is not looked up; only its unique index stops a second order"};
inline constexpr Fault kReplayOfOtherBytes{
    "replay_of_other_bytes", "a known key is answered with its order whatever the bytes are"};
inline constexpr Fault kBatchJudgedApart{
    "batch_judged_apart", "every order of a batch is judged by the stock before the batch"};
inline constexpr Fault kPartOfAnOrder{
    "part_of_an_order", "an order that is short of one line is placed with the others"};
inline constexpr Fault kNothingLeftSaid{
    "nothing_left_said", "out_of_stock says that nothing is left where too little is"};
inline constexpr Fault kPriceNotChecked{"price_not_checked",
                                        "the total that the shopper named is taken as it is"};
inline constexpr Fault kBoxNotOpened{"box_not_opened",
                                     "an order whose box does not open is placed all the same"};
inline constexpr Fault kRefusedCharged{
    "refused_charged", "orders that were refused are handed to the payment desk too"};
inline constexpr Fault kEventForgotten{"event_forgotten",
                                       "the outbox is not told of placed orders"};

// ---- an order's later moves
inline constexpr Fault kReleasedTwice{
    "released_twice", "the units of an expired or cancelled order are given back twice"};
inline constexpr Fault kHoldNeverReturned{"hold_never_returned",
                                          "an expired order keeps its units"};
inline constexpr Fault kReleasedThoughPaid{"released_though_paid",
                                           "an order's units are given back when it is paid"};
inline constexpr Fault kExpiresEarly{"expires_early", "holds end a minute before their time"};
inline constexpr Fault kReleaseNotAnnounced{"release_not_announced",
                                            "edges are not told of units that came back"};

// ---- money
inline constexpr Fault kPaidTwice{"paid_twice",
                                  "what the provider says twice is written down twice"};
inline constexpr Fault kLateMoneyKept{
    "late_money_kept", "money that comes for an order that is over is not given back"};
inline constexpr Fault kCancelledMoneyKept{
    "cancelled_money_kept", "the money of a paid order that is cancelled is not given back"};
inline constexpr Fault kPaymentsForgotten{
    "payments_forgotten", "after a restart nobody asks for the money of open orders"};
inline constexpr Fault kUnreadChargeForgotten{
    "unread_charge_forgotten", "an order whose charge could not be read once is never asked for"};

// ---- the store
inline constexpr Fault kNotSynced{"not_synced", "commits are not synced to the disk"};
inline constexpr Fault kLogNotSettled{
    "log_not_settled", "the log of an earlier process is trusted without syncing it again"};

// ---- the link and the edge
inline constexpr Fault kAnswersMixedUp{"answers_mixed_up",
                                       "the answers of a batch go to each other's shoppers"};
inline constexpr Fault kSoldOutListDecides{
    "sold_out_list_decides",
    "an edge refuses by its sold-out list without asking core for a replay"};
inline constexpr Fault kKeyStaysInFlight{
    "key_stays_in_flight", "an edge forgets to free the key of an order that was answered"};
inline constexpr Fault kNewIdPerAttempt{
    "new_id_per_attempt", "an edge derives the order's id from its bytes instead of its key"};

// ---- orders while core is away
inline constexpr Fault kSpoolNotSynced{"spool_not_synced",
                                       "a spool answers before the order is on its disk"};
inline constexpr Fault kSpoolTailTrusted{
    "spool_tail_trusted", "a spool takes what a failed sync left in the page cache for durable"};
inline constexpr Fault kSpoolForgetsUndecided{"spool_forgets_undecided",
                                              "a spool forgets orders that core could not decide"};
inline constexpr Fault kSpoolOfOtherBytes{
    "spool_of_other_bytes", "a spool answers a known key as kept whatever the bytes are"};
inline constexpr Fault kDeclinedNotStored{
    "declined_not_stored", "core declines what a spool delivers without writing it down"};
inline constexpr Fault kDeliveredRefused{
    "delivered_refused", "core refuses what a spool delivers as if its shopper were still there"};
inline constexpr Fault kSpooledRefused{
    "spooled_refused",
    "core's refusal is told though the order lies in a spool, to be accepted later"};

// ---- stock leases
inline constexpr Fault kSoldAfterAsked{
    "sold_after_asked", "a spool goes on selling from a lease that it asked core to close"};
inline constexpr Fault kLeaseNeverEnds{"lease_never_ends",
                                       "a spool sells from its lease after its time"};
inline constexpr Fault kLeaseNotClosed{"lease_not_closed",
                                       "the next lease is granted without closing the one before"};
inline constexpr Fault kLeaseUnitsKept{"lease_units_kept",
                                       "units of a lease that is over stay leased"};
inline constexpr Fault kLeaseIgnored{
    "lease_ignored", "what a spool sold from its lease is taken from what is left for others"};

inline constexpr const Fault* kAll[] = {&kAcknowledgeBeforeCommit,
                                        &kFailedCommitAcknowledged,
                                        &kStockCheckedOutside,
                                        &kStockBeforeKey,
                                        &kKeyNotLookedUp,
                                        &kReplayOfOtherBytes,
                                        &kBatchJudgedApart,
                                        &kPartOfAnOrder,
                                        &kNothingLeftSaid,
                                        &kPriceNotChecked,
                                        &kBoxNotOpened,
                                        &kRefusedCharged,
                                        &kEventForgotten,
                                        &kReleasedTwice,
                                        &kHoldNeverReturned,
                                        &kReleasedThoughPaid,
                                        &kExpiresEarly,
                                        &kReleaseNotAnnounced,
                                        &kPaidTwice,
                                        &kLateMoneyKept,
                                        &kCancelledMoneyKept,
                                        &kPaymentsForgotten,
                                        &kUnreadChargeForgotten,
                                        &kNotSynced,
                                        &kLogNotSettled,
                                        &kAnswersMixedUp,
                                        &kSoldOutListDecides,
                                        &kKeyStaysInFlight,
                                        &kNewIdPerAttempt,
                                        &kSpoolNotSynced,
                                        &kSpoolTailTrusted,
                                        &kSpoolForgetsUndecided,
                                        &kSpoolOfOtherBytes,
                                        &kDeclinedNotStored,
                                        &kDeliveredRefused,
                                        &kSpooledRefused,
                                        &kSoldAfterAsked,
                                        &kLeaseNeverEnds,
                                        &kLeaseNotClosed,
                                        &kLeaseUnitsKept,
                                        &kLeaseIgnored};

}  // namespace dermaga::planted
