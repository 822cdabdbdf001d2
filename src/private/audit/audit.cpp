#include "audit/audit.h"

#include <utility>

#include "encoding/encoding.h"
#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::audit {
namespace {

constexpr std::size_t kWordBytesMax = 1'024;
constexpr std::int64_t kTheTree = 1;

// RFC 8785: members in order, nothing between them.
std::string bytes_of(const Act& act, UtcTime at) {
  std::string bytes;
  json::Writer writer(bytes);
  writer.object();
  writer.field("action", act.action);
  writer.field("actor", act.actor.name);
  writer.field("at", format_rfc3339(at));
  writer.key("denied");
  writer.boolean(act.is_denied);
  writer.field("detail", act.detail);
  writer.field("reason", act.reason);
  writer.field("source", act.actor.source);
  writer.field("subject", act.subject);
  writer.end_object();
  return bytes;
}

Result<Entry> parse(std::uint64_t sequence, std::string_view bytes) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(bytes));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  Entry entry{.sequence = sequence, .at = {}, .act = {}};
  ASSIGN_OR_RETURN(entry.act.action, reader.string("action", kWordBytesMax));
  ASSIGN_OR_RETURN(entry.act.actor.name, reader.string("actor", kWordBytesMax));
  ASSIGN_OR_RETURN(const std::string at, reader.string("at", kWordBytesMax));
  ASSIGN_OR_RETURN(entry.at, parse_rfc3339(at));
  ASSIGN_OR_RETURN(const auto denied, reader.required("denied"));
  ASSIGN_OR_RETURN(entry.act.is_denied, denied.as_boolean());
  ASSIGN_OR_RETURN(entry.act.detail, reader.string("detail", kWordBytesMax));
  ASSIGN_OR_RETURN(entry.act.reason, reader.string("reason", kWordBytesMax));
  ASSIGN_OR_RETURN(entry.act.actor.source, reader.string("source", kWordBytesMax));
  ASSIGN_OR_RETURN(entry.act.subject, reader.string("subject", kWordBytesMax));
  RETURN_IF_ERROR(reader.finish());
  return entry;
}

Status check_words(const Act& act) {
  for (const std::string* word :
       {&act.actor.name, &act.actor.source, &act.action, &act.subject, &act.detail, &act.reason}) {
    if (word->size() > kWordBytesMax || !encoding::is_utf8(*word)) {
      return make_error(ErrorCode::kInvalidArgument,
                        "a word of an audit entry is UTF-8 of at most " +
                            std::to_string(kWordBytesMax) + " bytes");
    }
  }
  return {};
}

// Locks the tree's row until the transaction ends.
Result<merkle::Frontier> lock_tree(store::Connection& connection) {
  const store::Parameter key[] = {kTheTree};
  bool is_there = false;
  Result<merkle::Frontier> tree = merkle::Frontier();
  const auto lock = [&] {
    return connection.select_by_keys(
        "audit_tree", "size, id, subtrees", "id", key, true, [&](const store::Row& row) -> Status {
          is_there = true;
          tree =
              merkle::Frontier::from_bytes(static_cast<std::uint64_t>(row.integer(0)), row.blob(2));
          return {};
        });
  };
  RETURN_IF_ERROR(lock());
  if (!is_there) {
    RETURN_IF_ERROR(connection.execute(
        "INSERT INTO audit_tree (id, size, subtrees) VALUES (1, 0, $1) ON CONFLICT DO NOTHING",
        std::vector<store::Parameter>{store::Blob{""}}));
    RETURN_IF_ERROR(lock());
  }
  return tree;
}

}  // namespace

Status append(store::Connection& connection, std::span<const Act> acts, UtcTime now) {
  if (acts.empty()) {
    return {};
  }
  std::vector<std::string> entries;
  entries.reserve(acts.size());
  for (const Act& act : acts) {
    RETURN_IF_ERROR(check_words(act));
    entries.push_back(bytes_of(act, now));
  }
  ASSIGN_OR_RETURN(merkle::Frontier tree, lock_tree(connection));
  std::vector<store::Parameter> rows;
  rows.reserve(entries.size() * 2);
  for (const std::string& entry : entries) {
    rows.emplace_back(static_cast<std::int64_t>(tree.size()));
    rows.emplace_back(std::string_view(entry));
    tree.append(merkle::leaf_hash(entry));
  }
  constexpr std::string_view kColumns[] = {"sequence", "entry"};
  RETURN_IF_ERROR(connection.insert_many("audit_entries", kColumns, rows));
  const std::string subtrees = tree.to_bytes();
  const store::Parameter state[] = {kTheTree, static_cast<std::int64_t>(tree.size()),
                                    store::Blob{subtrees}};
  return connection.update_many("UPDATE audit_tree SET size = $2, subtrees = $3 WHERE id = $1", 3,
                                state);
}

Status read_bytes(store::Connection& connection, std::uint64_t first, std::uint64_t limit,
                  const std::function<Status(std::uint64_t sequence, std::string_view)>& bytes) {
  const store::Parameter page[] = {static_cast<std::int64_t>(first),
                                   static_cast<std::int64_t>(limit)};
  return connection.query(
      "SELECT sequence, entry FROM audit_entries WHERE sequence >= $1 ORDER BY sequence LIMIT $2",
      page, [&bytes](const store::Row& row) {
        return bytes(static_cast<std::uint64_t>(row.integer(0)), row.text(1));
      });
}

Status read(store::Connection& connection, std::uint64_t first, std::uint64_t limit,
            const std::function<Status(const Entry&)>& entry) {
  return read_bytes(
      connection, first, limit, [&entry](std::uint64_t sequence, std::string_view bytes) -> Status {
        auto parsed = parse(sequence, bytes);
        if (!parsed.has_value()) {
          return make_error(ErrorCode::kCorrupt, "audit entry " + std::to_string(sequence) + ": " +
                                                     parsed.error().message());
        }
        return entry(*parsed);
      });
}

Result<merkle::Frontier> recorded_tree(store::Connection& connection) {
  Result<merkle::Frontier> tree = merkle::Frontier();
  RETURN_IF_ERROR(connection.query("SELECT size, subtrees FROM audit_tree WHERE id = 1", {},
                                   [&tree](const store::Row& row) -> Status {
                                     tree = merkle::Frontier::from_bytes(
                                         static_cast<std::uint64_t>(row.integer(0)), row.blob(1));
                                     return {};
                                   }));
  return tree;
}

}  // namespace dermaga::audit
