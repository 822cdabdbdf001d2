type Names = readonly (readonly [RegExp, string])[];

// The first that fits: every later one also stands in the text of an earlier one.
const DEVICES: Names = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Macintosh/, "Mac"],
  [/Linux/, "Linux"],
];
const BROWSERS: Names = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];

function nameIn(names: Names, agent: string): string {
  return names.find(([pattern]) => pattern.test(agent))?.[1] ?? "";
}

/** What a device may be called, from what its browser tells; "" where it tells nothing we know. */
export function deviceOf(agent: string): string {
  return nameIn(DEVICES, agent);
}

/** "Firefox · Linux"; the text itself where nothing in it is known. */
export function agentName(agent: string): string {
  const names = [nameIn(BROWSERS, agent), deviceOf(agent)].filter((name) => name !== "");
  return names.length > 0 ? names.join(" · ") : agent;
}
