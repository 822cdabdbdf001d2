-- The audit log: what was done, by whom (docs/reference/audit.md). Rows are only ever added; nothing
-- here is personal.

-- `entry` holds exactly the bytes whose hash is leaf `sequence` of the Merkle tree (RFC 6962), from 0
-- without gaps.
CREATE TABLE audit_entries (
  sequence INTEGER PRIMARY KEY CHECK (sequence >= 0),
  entry TEXT NOT NULL
) STRICT;

-- One row: the tree's full subtrees, so that an entry costs a few hashes.
CREATE TABLE audit_tree (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  size INTEGER NOT NULL CHECK (size >= 0),
  subtrees BLOB NOT NULL
) STRICT;

-- Signed notes (C2SP tlog-checkpoint) over the tree at some of its sizes.
CREATE TABLE audit_checkpoints (
  size INTEGER PRIMARY KEY CHECK (size > 0),
  note TEXT NOT NULL
) STRICT;
