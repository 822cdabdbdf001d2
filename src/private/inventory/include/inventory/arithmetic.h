#pragma once

#include <cstdint>

#include "contract/catalog.h"
#include "result/result.h"

namespace dermaga::inventory {

// The units of one variant at one location. Invariant: none is negative and
// on_hand = available + held + leased. Pure rules: they change the levels or leave them untouched.
struct Levels {
  std::int64_t on_hand = 0;
  std::int64_t available = 0;
  std::int64_t held = 0;    // promised to orders, paid ones too, until shipped
  std::int64_t leased = 0;  // lent to spools
  friend bool operator==(const Levels&, const Levels&) = default;
};

inline constexpr std::int64_t kOnHandMax = 1'000'000'000;

bool is_sound(const Levels& levels);

// available → held. kInvalidArgument when fewer are available or quantity < 1.
Status hold(Levels& levels, std::int64_t quantity);
// held → available.
Status release(Levels& levels, std::int64_t quantity);
// available → leased.
Status lease(Levels& levels, std::int64_t quantity);
// leased → held: a spool sold them.
Status hold_leased(Levels& levels, std::int64_t quantity);
// leased → available.
Status return_leased(Levels& levels, std::int64_t quantity);
// held → gone: on_hand and held fall together.
Status ship(Levels& levels, std::int64_t quantity);
// Counts on_hand anew; held and leased stay. Refused below held + leased and above kOnHandMax.
Status set_on_hand(Levels& levels, std::int64_t on_hand);
// Sets the available units; held and leased stay.
Status set_available(Levels& levels, std::int64_t available);

inline constexpr std::int64_t kLowFrom = 5;
contract::Availability availability_of(std::int64_t available);

}  // namespace dermaga::inventory
