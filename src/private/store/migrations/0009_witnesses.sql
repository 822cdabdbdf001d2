-- Who countersigns the audit log's checkpoints (docs/reference/audit.md): the key behind each name in
-- the signature lines of audit_checkpoints.note.
CREATE TABLE audit_witnesses (
  name TEXT PRIMARY KEY,
  public_key BLOB NOT NULL
) STRICT;
