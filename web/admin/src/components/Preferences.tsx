import type { ReactNode } from "react";
import { changeSettings, type Language, type Theme, useSettings } from "../app/settings";
import { useWords } from "../i18n/words";
import { Icon, type IconName } from "./Icon";

const LANGUAGES: readonly (readonly [Language, string])[] = [
  ["id", "Bahasa Indonesia"],
  ["en", "English"],
];

const THEMES: readonly (readonly [Theme, IconName])[] = [
  ["system", "screen"],
  ["light", "sun"],
  ["dark", "moon"],
];

/** Language, and light or dark. Kept on this device. */
export function Preferences(): ReactNode {
  const { say } = useWords();
  const { language, theme } = useSettings();
  return (
    <div className="preferences">
      <div className="segments" role="group" aria-label={say("language")}>
        {LANGUAGES.map(([name, label]) => (
          <button
            key={name}
            type="button"
            lang={name}
            title={label}
            aria-label={label}
            aria-pressed={language === name}
            onClick={() => changeSettings({ language: name })}
          >
            {name.toUpperCase()}
          </button>
        ))}
      </div>
      <div className="segments" role="group" aria-label={say("theme")}>
        {THEMES.map(([name, icon]) => (
          <button
            key={name}
            type="button"
            title={say(`theme_${name}`)}
            aria-label={say(`theme_${name}`)}
            aria-pressed={theme === name}
            onClick={() => changeSettings({ theme: name })}
          >
            <Icon name={icon} size={16} />
          </button>
        ))}
      </div>
    </div>
  );
}
