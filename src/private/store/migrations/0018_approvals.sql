-- What a second person must agree to before it is done (docs/reference/approvals.md). kind: 1 order.refund,
-- 2 order.cancel, 3 key.destroy; amount 0: all that is left, or none is meant; request_key: the
-- Idempotency-Key it was asked under, '' where it had none; requester: whose request it is, the maker
-- of a token too, '' for the private host. state: 1 waiting, 2 approved, 3 done, 4 refused, 5 withdrawn,
-- 6 expired. Numbers of kinds and states are never given anew. Times are milliseconds since 1970 UTC.
CREATE TABLE approvals (
  approval_number INTEGER PRIMARY KEY,
  approval_id TEXT NOT NULL UNIQUE,
  kind INTEGER NOT NULL,
  subject TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  detail TEXT NOT NULL,
  request_key TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  requester TEXT NOT NULL,
  reason TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),
  decided_by TEXT NOT NULL,
  decided_reason TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
-- What came to nothing gives its key free.
CREATE UNIQUE INDEX approvals_by_key ON approvals (request_key) WHERE request_key <> '' AND state IN (1, 2, 3);
CREATE INDEX approvals_open ON approvals (state, approval_number) WHERE state IN (1, 2);
