import type { AuditEntry } from "../../api/types";

export const PAGE_ENTRIES = 50;

export interface Range {
  /** Absent: the newest page. */
  from?: number;
  limit: number;
}

/** The page before the entries shown (which are in order); null where there is none. */
export function olderThan(entries: readonly AuditEntry[]): Range | null {
  const first = entries[0]?.sequence ?? 0;
  if (first <= 0) return null;
  const from = Math.max(0, first - PAGE_ENTRIES);
  return { from, limit: first - from };
}

/** The page after them. */
export function newerThan(entries: readonly AuditEntry[], size: number): Range | null {
  const last = entries[entries.length - 1]?.sequence;
  return last === undefined || last + 1 >= size ? null : { from: last + 1, limit: PAGE_ENTRIES };
}

/** Whether every word of the text stands somewhere in the entry. */
export function matches(entry: AuditEntry, text: string): boolean {
  const haystack = [
    String(entry.sequence),
    entry.actor,
    entry.source,
    entry.action,
    entry.subject,
    entry.detail,
    entry.reason,
  ]
    .join("\n")
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}
