import { useSyncExternalStore } from "react";

export type Language = "id" | "en";
export type Theme = "system" | "light" | "dark";

export interface Settings {
  language: Language;
  theme: Theme;
}

const KEY = "dermaga-console";

/** The first language of the browser that we have; Indonesian only where it is asked for. */
export function preferredLanguage(languages: readonly string[]): Language {
  for (const language of languages) {
    const base = language.toLowerCase().split("-")[0];
    // "in" is what old systems call Indonesian.
    if (base === "id" || base === "in") return "id";
    if (base === "en") return "en";
  }
  return "en";
}

/** What is kept, as far as it makes sense. */
export function parseSettings(text: string | null, languages: readonly string[]): Settings {
  let kept: Partial<Record<keyof Settings, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? "{}");
    if (typeof parsed === "object" && parsed !== null) kept = parsed;
  } catch {
    // Somebody else's text: as if nothing was kept.
  }
  const { language, theme } = kept;
  return {
    language: language === "id" || language === "en" ? language : preferredLanguage(languages),
    theme: theme === "light" || theme === "dark" ? theme : "system",
  };
}

function read(): Settings {
  const languages = navigator.languages.length > 0 ? navigator.languages : [navigator.language];
  try {
    return parseSettings(localStorage.getItem(KEY), languages);
  } catch {
    return parseSettings(null, languages);
  }
}

let settings: Settings | null = null;
const listeners = new Set<() => void>();

function current(): Settings {
  settings ??= read();
  return settings;
}

function show({ language, theme }: Settings): void {
  document.documentElement.lang = language;
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function startSettings(): void {
  show(current());
}

export function changeSettings(change: Partial<Settings>): void {
  settings = { ...current(), ...change };
  show(settings);
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Not kept, but good for this visit.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSettings(): Settings {
  return useSyncExternalStore(subscribe, current);
}
