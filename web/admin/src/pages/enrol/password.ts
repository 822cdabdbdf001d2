const LENGTH_MIN = 10;

/** What the API would refuse at once, in code points as it counts them; null where it may do. */
export function passwordHintOf(password: string): "password_too_short" | null {
  return [...password].length < LENGTH_MIN ? "password_too_short" : null;
}
