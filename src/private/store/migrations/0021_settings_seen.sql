-- Settings that guard something, as the last start found them: a change stands in the audit log.
CREATE TABLE settings_seen (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
