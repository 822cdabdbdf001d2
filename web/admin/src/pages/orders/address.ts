/** The lines of an address in the order in which people write them; what is not known comes last. */
const ORDER = ["name", "line1", "line2", "city", "region", "postal_code", "country"];

export function addressLines(address: Readonly<Record<string, unknown>> | undefined): string[] {
  if (address === undefined) return [];
  const rank = (name: string): number => {
    const at = ORDER.indexOf(name);
    return at === -1 ? ORDER.length : at;
  };
  return Object.entries(address)
    .filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "")
    .sort(([left], [right]) => rank(left) - rank(right))
    .map(([, value]) => value);
}
