#include "lease.h"

#include <algorithm>
#include <charconv>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "planted/planted.h"

namespace dermaga::spool_ledger {

namespace {

constexpr char kFile[] = "lease";
constexpr std::uint64_t kFileBytesMax = 4'096;
constexpr std::string_view kMagic = "dermaga spool lease 1 ";
constexpr std::size_t kHashDigits = 64;
constexpr std::chrono::milliseconds kMarginMin{2'000};

std::string encode(const std::string& log_id, std::uint64_t epoch) {
  const std::string text = std::string(kMagic) + log_id + " " + std::to_string(epoch) + " ";
  return text + encoding::hex(digest::sha256(text)) + "\n";
}

Result<std::uint64_t> read_epoch(const std::string& bytes, const std::string& log_id) {
  const std::size_t number_at = kMagic.size() + log_id.size() + 1;
  std::uint64_t epoch = 0;
  if (bytes.size() > number_at + kHashDigits) {
    const char* number = bytes.data() + number_at;
    (void)std::from_chars(number, bytes.data() + bytes.size(), epoch);
  }
  if (bytes != encode(log_id, epoch)) {
    return make_error(ErrorCode::kCorrupt,
                      "the spool's file lease is damaged or of another log; stop and see \"A "
                      "damaged log\" in docs/guides/link-down.md");
  }
  return epoch;
}

}  // namespace

Result<std::unique_ptr<Lease>> Lease::open(spool_log::Disk& disk, const Clock& clock,
                                           std::string log_id) {
  std::unique_ptr<Lease> lease(new Lease(disk, clock, std::move(log_id)));
  const auto bytes = disk.read(kFile, 0, kFileBytesMax);
  if (!bytes.has_value()) {
    if (bytes.error().code() == ErrorCode::kNotFound) {
      return lease;
    }
    return std::unexpected(bytes.error());
  }
  ASSIGN_OR_RETURN(lease->newest_epoch_, read_epoch(*bytes, lease->log_id_));
  return lease;
}

std::uint64_t Lease::sell(const std::vector<contract::OrderLine>& lines,
                          std::uint64_t quoted_version) {
  if (!sells() || quoted_version == 0 || quoted_version != catalog_version_) {
    return 0;
  }
  // One variant may stand in several lines.
  std::unordered_map<VariantId, std::int64_t> wanted;
  for (const contract::OrderLine& line : lines) {
    std::int64_t& sum = wanted[line.variant_id];
    sum += line.quantity;
    const auto left = units_.find(line.variant_id);
    if (line.quantity < 1 || left == units_.end() || left->second < sum) {
      return 0;
    }
  }
  for (const auto& [variant, quantity] : wanted) {
    units_[variant] -= quantity;
    units_left_ -= quantity;
  }
  return newest_epoch_;
}

void Lease::take_back(std::uint64_t epoch, const std::vector<contract::OrderLine>& lines) {
  if (epoch == 0 || epoch != newest_epoch_) {
    return;
  }
  for (const contract::OrderLine& line : lines) {
    units_[line.variant_id] += line.quantity;
    units_left_ += line.quantity;
  }
}

Status Lease::granted(const contract::LeaseGrant& grant, SteadyTime sent_at) {
  retire();
  if (grant.epoch == 0) {
    return {};
  }
  RETURN_IF_ERROR(disk_.replace(kFile, encode(log_id_, grant.epoch)));
  newest_epoch_ = grant.epoch;
  catalog_version_ = grant.catalog_version;
  units_.clear();
  units_left_ = 0;
  for (const contract::LeasedUnits& leased : grant.units) {
    units_[leased.variant_id] += leased.units;
    units_left_ += leased.units;
  }
  units_granted_ = units_left_;
  const auto margin = std::max(grant.valid_for / 10, kMarginMin);
  sells_until_ = sent_at + (grant.valid_for - margin);
  if (planted::fault(planted::kLeaseNeverEnds)) {
    sells_until_ = SteadyTime::max();
  }
  return {};
}

}  // namespace dermaga::spool_ledger
