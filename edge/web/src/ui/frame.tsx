// What stands around every page: who and where we are, and how far the page may be trusted.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Identity } from "../api";
import { type Theme, useLive, useTexts } from "../reader";
import type { Route } from "../route";
import type { Texts } from "../text";
import { Bell, Bolt, Later, Leave, List, Moon, NoLink, Sun } from "./icons";

export interface Looks {
  texts: Texts;
  theme: Theme;
  change_language: () => void;
  change_theme: () => void;
}

/// Language and display, on the login page as well as inside.
export function LooksButtons({ texts, theme, change_language, change_theme }: Looks) {
  const to = texts.t(theme === "dark" ? "app.theme_light" : "app.theme_dark");
  return (
    <>
      <button
        type="button"
        class="plain language"
        lang={texts.language === "zh" ? "en" : "zh-CN"}
        onClick={change_language}
      >
        {texts.t("app.language")}
      </button>
      <button type="button" class="plain square" title={to} aria-label={to} onClick={change_theme}>
        {theme === "dark" ? <Sun /> : <Moon />}
      </button>
    </>
  );
}

export function Brand() {
  const texts = useTexts();
  return (
    <span class="brand">
      <span class="brand-mark">
        <Bolt />
      </span>
      <span class="brand-name">{texts.t("app.name")}</span>
    </span>
  );
}

/// One word in the corner, always; a sentence below it when something is wrong.
function Trust() {
  const texts = useTexts();
  const { model, contact } = useLive();
  const behind = model?.site.behind ?? 0;
  if (contact === "offline") {
    return (
      <span class="trust offline">
        <NoLink />
        {texts.t("live.offline")}
      </span>
    );
  }
  if (contact === "connecting") {
    return (
      <span class="trust">
        <Later />
        {texts.t("live.connecting")}
      </span>
    );
  }
  if (behind > 0) {
    return (
      <span class="trust behind">
        <Later />
        {texts.t("live.behind", { n: texts.number(behind) })}
      </span>
    );
  }
  return (
    <span class="trust live">
      <span class="pulse" aria-hidden="true" />
      {texts.t("live.live")}
    </span>
  );
}

function Doubt() {
  const texts = useTexts();
  const { model, contact, heard_at } = useLive();
  if (contact === "offline" && model) {
    const at = texts.moment(heard_at, Date.now());
    return <p class="doubt offline">{texts.t("live.offline_long", { at })}</p>;
  }
  const behind = model?.site.behind ?? 0;
  if (contact === "live" && behind > 0) {
    const n = texts.number(behind);
    return <p class="doubt">{texts.t("live.behind_long", { n })}</p>;
  }
  return null;
}

const entries = [
  { page: "site", key: "nav.site", href: "#/", sign: Bolt },
  { page: "alarms", key: "nav.alarms", href: "#/alarms", sign: Bell },
  { page: "sessions", key: "nav.sessions", href: "#/sessions", sign: List },
] as const;

function Navigation({ page }: { page: Route["page"] }) {
  const texts = useTexts();
  const { model } = useLive();
  const active = model?.site.alarms_active ?? 0;
  const here = page === "curve" ? "sessions" : page;
  return (
    <nav class="navigation" aria-label={texts.t("app.navigation")}>
      {entries.map(({ page: each, key, href, sign: Sign }) => (
        <a key={each} href={href} aria-current={here === each ? "page" : undefined}>
          <Sign />
          <span>{texts.t(key)}</span>
          {each === "alarms" && active > 0 ? <b class="count">{texts.number(active)}</b> : null}
        </a>
      ))}
    </nav>
  );
}

interface FrameProps extends Looks {
  route: Route;
  me: Identity;
  /// Somebody wanted to sign out, and the daemon could not be told.
  stayed: boolean;
  leave: () => void;
  children: ComponentChildren;
}

const titles = {
  site: "nav.site",
  alarms: "nav.alarms",
  sessions: "nav.sessions",
  curve: "curve.title",
  unknown: "error.not_found",
} as const;

export function Frame({ route, me, stayed, leave, children, ...looks }: FrameProps) {
  const { texts } = looks;
  const { model, contact } = useLive();
  const active = model?.site.alarms_active ?? 0;
  useEffect(() => {
    const count = active > 0 ? `(${active}) ` : "";
    document.title = `${count}${texts.t(titles[route.page])} · ${texts.t("app.name")}`;
  }, [texts, route.page, active]);

  return (
    <>
      <a class="skip" href="#main" onClick={skip_to_main}>
        {texts.t("app.skip")}
      </a>
      <header class="bar">
        <Brand />
        <Navigation page={route.page} />
        <div class="bar-end">
          <div role="status" class="trust-place">
            <Trust />
          </div>
          <span class="who quiet" title={texts.word("role", me.role)}>
            {me.user}
          </span>
          <LooksButtons {...looks} />
          <button
            type="button"
            class="plain square"
            title={texts.t("app.sign_out")}
            aria-label={texts.t("app.sign_out")}
            onClick={leave}
          >
            <Leave />
          </button>
        </div>
      </header>
      <div role="status">
        <Doubt />
        {stayed ? <p class="doubt offline">{texts.t("login.stayed")}</p> : null}
      </div>
      <main id="main" tabIndex={-1} class={contact === "offline" ? "stale" : undefined}>
        {children}
      </main>
    </>
  );
}

// The address after # is ours, so the jump is made by hand.
function skip_to_main(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
