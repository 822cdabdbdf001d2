#include "audit/checkpoint.h"

#include "audit/audit.h"

namespace dermaga::audit {

Result<std::string> newest_checkpoint(store::Connection& connection) {
  std::string note;
  RETURN_IF_ERROR(connection.query("SELECT note FROM audit_checkpoints ORDER BY size DESC LIMIT 1",
                                   {}, [&note](const store::Row& row) -> Status {
                                     note = row.text(0);
                                     return {};
                                   }));
  return note;
}

Result<std::string> make_checkpoint(store::Connection& connection, const std::string& origin,
                                    const digest::SigningKey& key) {
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  ASSIGN_OR_RETURN(const auto tree, recorded_tree(connection));
  if (tree.size() == 0) {
    return std::string();
  }
  const std::string note =
      signed_note::sign({.origin = origin, .size = tree.size(), .root = tree.root()}, key);
  const store::Parameter row[] = {static_cast<std::int64_t>(tree.size()), std::string_view(note)};
  ASSIGN_OR_RETURN(const auto added,
                   connection.execute("INSERT INTO audit_checkpoints (size, note) VALUES ($1, $2) "
                                      "ON CONFLICT (size) DO NOTHING",
                                      row));
  if (added == 0) {
    return newest_checkpoint(connection);
  }
  RETURN_IF_ERROR(transaction.commit());
  return note;
}

}  // namespace dermaga::audit
