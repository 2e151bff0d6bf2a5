// What every page needs of its reader: texts, the site's clock, the live state.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Live } from "./live";
import { type Language, Texts, language_of, locale_of } from "./text";

export type Theme = "light" | "dark";

export const TextContext = createContext(new Texts("zh", "zh-CN"));
export const LiveContext = createContext<Live>({
  model: null,
  contact: "connecting",
  skew_ms: 0,
  heard_at: 0,
});

export const useTexts = (): Texts => useContext(TextContext);
export const useLive = (): Live => useContext(LiveContext);

/// Storage may be refused (private windows); a preference is then good for one visit.
function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    return;
  }
}

/// Whether somebody was signed in here when the page was last left. A hint, never a proof.
export const last_visit = (): string | null => stored("visit");
export const remember_visit = (visit: "in" | "out"): void => store("visit", visit);

export function useLanguage(): [Texts, () => void] {
  const [language, set] = useState<Language>(() => {
    const own = stored("language");
    return own === "zh" || own === "en" ? own : language_of(navigator.languages);
  });
  const [texts, set_texts] = useState(() => texts_in(language));
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    set_texts(texts_in(language));
  }, [language]);
  const other: Language = language === "zh" ? "en" : "zh";
  const change = () => {
    store("language", other);
    set(other);
  };
  return [texts, change];
}

const texts_in = (language: Language): Texts =>
  new Texts(language, locale_of(language, navigator.languages));

export function useTheme(): [Theme, () => void] {
  const [theme, set] = useState<Theme>(() => {
    const own = stored("theme");
    if (own === "light" || own === "dark") return own;
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  });
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  const change = () => {
    const other = theme === "dark" ? "light" : "dark";
    store("theme", other);
    set(other);
  };
  return [theme, change];
}

/// The site's clock, once a second. Stands still while the line is down: what is shown then is as
/// of that moment, and a time that runs on would say otherwise.
export function useSiteNow(): number {
  const { contact, skew_ms, heard_at } = useLive();
  const [now, set] = useState(() => Date.now());
  useEffect(() => {
    if (contact === "offline") return undefined;
    const timer = setInterval(() => set(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [contact]);
  return (contact === "offline" ? heard_at : Math.max(now, heard_at)) + skew_ms;
}
