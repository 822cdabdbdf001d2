#include "clock/clock.h"

#include <array>
#include <cstdio>

namespace dermaga {

namespace {

class SystemClock final : public Clock {
 public:
  UtcTime now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
};

// Reads exactly `text` as a non-negative number; -1 when it is not one.
int digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return -1;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

struct CivilTime {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;
};

CivilTime civil(UtcTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto days = std::chrono::floor<std::chrono::days>(seconds);
  return {std::chrono::year_month_day(days),
          std::chrono::hh_mm_ss<std::chrono::seconds>(seconds - days)};
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

UtcTime ManualClock::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

SteadyTime ManualClock::steady_now() const {
  const std::lock_guard lock(mutex_);
  return steady_;
}

void ManualClock::advance(std::chrono::milliseconds by) {
  const std::lock_guard lock(mutex_);
  now_ += by;
  steady_ += by;
}

void ManualClock::set_wall(UtcTime to) {
  const std::lock_guard lock(mutex_);
  now_ = to;
}

std::string format_rfc3339(UtcTime time) {
  const CivilTime parts = civil(time);
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(parts.date.year()), static_cast<unsigned>(parts.date.month()),
                static_cast<unsigned>(parts.date.day()),
                static_cast<int>(parts.time.hours().count()),
                static_cast<int>(parts.time.minutes().count()),
                static_cast<int>(parts.time.seconds().count()));
  return buffer.data();
}

Result<UtcTime> parse_rfc3339(std::string_view text) {
  const auto refuse = [] {
    return make_error(ErrorCode::kInvalidArgument,
                      "a time looks like 2026-11-22T08:30:00Z (RFC 3339, UTC)");
  };
  if (text.size() < 20 || text.size() > 30 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
      text[13] != ':' || text[16] != ':' || text.back() != 'Z') {
    return refuse();
  }
  const int year = digits(text.substr(0, 4));
  const int month = digits(text.substr(5, 2));
  const int day = digits(text.substr(8, 2));
  const int hour = digits(text.substr(11, 2));
  const int minute = digits(text.substr(14, 2));
  const int second = digits(text.substr(17, 2));
  std::string fraction(text.substr(19, text.size() - 20));
  int milliseconds = 0;
  if (!fraction.empty()) {
    if (fraction[0] != '.' || fraction.size() < 2) {
      return refuse();
    }
    fraction.resize(4, '0');
    milliseconds = digits(std::string_view(fraction).substr(1));
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 0 || month < 0 || day < 0 || !date.ok() || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second < 0 || second > 60 || milliseconds < 0) {
    return refuse();
  }
  return UtcTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) +
         std::chrono::milliseconds(milliseconds);
}

std::string format_http_date(UtcTime time) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime parts = civil(time);
  const std::chrono::weekday weekday{std::chrono::sys_days(parts.date)};
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[weekday.c_encoding()], static_cast<unsigned>(parts.date.day()),
                kMonths[static_cast<unsigned>(parts.date.month()) - 1],
                static_cast<int>(parts.date.year()), static_cast<int>(parts.time.hours().count()),
                static_cast<int>(parts.time.minutes().count()),
                static_cast<int>(parts.time.seconds().count()));
  return buffer.data();
}

}  // namespace dermaga
