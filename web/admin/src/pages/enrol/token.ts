let token = "";

/** Takes the token out of the address bar, and with it out of the browser's history. It is kept in
 * memory only: a reload needs the link again. */
export function takeToken(): string {
  if (location.pathname === "/enrol" && location.hash.length > 1) {
    token = location.hash.slice(1);
    history.replaceState(null, "", "/enrol");
  }
  return token;
}

export function forgetToken(): void {
  token = "";
}
