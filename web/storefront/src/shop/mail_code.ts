/** The code behind the "#" of a mail's link; "" for anything else, such as a place on the page. */
export function codeOf(hash: string): string {
  return /^#([A-Za-z0-9_.~-]{20,512})$/.exec(hash)?.[1] ?? "";
}

/** Takes the code out of the address, so that neither the history nor whoever looks on has it. */
export function takeCode(
  place: Pick<Location, "hash" | "pathname" | "search">,
  history: Pick<History, "replaceState">,
): string {
  const code = codeOf(place.hash);
  if (code !== "") history.replaceState(null, "", place.pathname + place.search);
  return code;
}
