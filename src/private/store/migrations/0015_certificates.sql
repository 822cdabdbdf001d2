-- Certificates of the link that core issued over it, and every one that was revoked. serial: as X.509
-- writes it, lower-case hexadecimal. renewed_from: the certificate that asked for this one; '' where a
-- person revoked one that was issued before. Rows go when the certificate has expired.
CREATE TABLE link_certificates (
  serial TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  renewed_from TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX link_certificates_by_origin ON link_certificates (renewed_from);
