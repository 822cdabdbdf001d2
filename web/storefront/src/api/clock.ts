let offsetMs = 0;

/** Learns how far this device's clock is from the shop's, from a Date header just received. */
export function observeServerTime(date: string | null): void {
  const serverMs = date === null ? Number.NaN : Date.parse(date);
  if (Number.isFinite(serverMs)) {
    offsetMs = serverMs - Date.now();
  }
}

/** Now, by the shop's clock: devices with a wrong clock can still seal boxes that hold. */
export function serverNowMs(): number {
  return Date.now() + offsetMs;
}

/** RFC 3339 in UTC without a fraction, as boxes have it. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
