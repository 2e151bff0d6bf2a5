// Small parts that several pages share.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../api";
import { useSiteNow, useTexts } from "../reader";
import { Flame, Note, Stop, Warning } from "./icons";

/// A page's heading. Takes the focus when the page opens, so that a screen reader says where it is.
export function Heading({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

/// A moment as people say it, with the whole truth on hover.
export function Moment({ at }: { at: number }) {
  const texts = useTexts();
  const now = useSiteNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={texts.exactly(at)}>
      {texts.moment(at, now)}
    </time>
  );
}

/// How long since a moment, counting.
export function Lasting({ since }: { since: number }) {
  const texts = useTexts();
  const now = useSiteNow();
  return <span title={texts.exactly(since)}>{texts.duration(now - since)}</span>;
}

export function Severity({ severity }: { severity: string }) {
  const texts = useTexts();
  return (
    <span class={`severity ${severity}`}>
      {severity === "fire" ? <Flame /> : null}
      {severity === "hazard" ? <Stop /> : null}
      {severity === "warning" ? <Warning /> : null}
      {severity !== "fire" && severity !== "hazard" && severity !== "warning" ? <Note /> : null}
      {texts.word("severity", severity)}
    </span>
  );
}

interface EmptyProps {
  title: string;
  hint?: string;
  children?: ComponentChildren;
}

export function Empty({ title, hint, children }: EmptyProps) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {hint ? <p class="quiet">{hint}</p> : null}
      {children}
    </div>
  );
}

/// What went wrong, and the way on.
export function Trouble({ error, again }: { error: ApiError; again: () => void }) {
  const texts = useTexts();
  const explained = () => {
    if (error.status === 0) return texts.t("error.network");
    if (error.status === 403) return texts.t("error.forbidden");
    if (error.status === 404) return texts.t("error.not_found");
    return texts.t("error.server", { id: error.id });
  };
  return (
    <div class="empty" role="alert">
      <p class="empty-title">{explained()}</p>
      <button type="button" class="button" onClick={again}>
        {texts.t("app.retry")}
      </button>
    </div>
  );
}

export function Loading() {
  const texts = useTexts();
  return (
    <p class="loading quiet" role="status">
      {texts.t("app.loading")}
    </p>
  );
}
