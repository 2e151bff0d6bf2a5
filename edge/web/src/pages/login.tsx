import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Identity, post } from "../api";
import { useTexts } from "../reader";
import { Brand, type Looks, LooksButtons } from "../ui/frame";

interface LoginProps extends Looks {
  expired: boolean;
  enter: (me: Identity) => void;
}

/// Milliseconds left of a wait, in whole seconds, and how to start one. Ears hear it once, when it
/// starts; only eyes follow it.
function useCountdown(): [number, (ms: number) => void] {
  const [until, set_until] = useState(0);
  const [now, set_now] = useState(0);
  useEffect(() => {
    if (until <= now) return undefined;
    const timer = setTimeout(() => set_now(Date.now()), Math.min(1000, until - now));
    return () => clearTimeout(timer);
  }, [until, now]);
  const start = (ms: number) => {
    set_now(Date.now());
    set_until(Date.now() + ms);
  };
  return [Math.ceil(Math.max(0, until - now) / 1000) * 1000, start];
}

export function LoginPage({ expired, enter, ...looks }: LoginProps) {
  const texts = useTexts();
  const [user, set_user] = useState("");
  const [password, set_password] = useState("");
  const [shown, set_shown] = useState(false);
  const [busy, set_busy] = useState(false);
  const [failure, set_failure] = useState<ApiError | null>(null);
  const [wait_ms, start_wait] = useCountdown();
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = `${texts.t("login.title")} · ${texts.t("app.name")}`;
  }, [texts]);
  useEffect(() => field.current?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy || wait_ms > 0) return;
    set_busy(true);
    set_failure(null);
    try {
      enter(await post<Identity>("/login", { user, password }));
    } catch (error) {
      const failed = error instanceof ApiError ? error : new ApiError(0, "", "", 0);
      set_failure(failed);
      start_wait(failed.retry_after_s * 1000);
      set_busy(false);
    }
  };

  const explained = (error: ApiError, left_ms: number) => {
    if (error.status === 0) return texts.t("error.network");
    if (error.status === 401) return texts.t("login.refused");
    const wait = texts.duration(left_ms);
    if (error.status === 429) return texts.t("login.slow_down", { wait });
    if (error.status === 503) return texts.t("login.queue", { wait });
    return texts.t("error.server", { id: error.id });
  };
  // A wait that is over is no news any more.
  const told = failure && (failure.retry_after_s === 0 || wait_ms > 0) ? failure : null;

  return (
    <main class="login">
      <div class="login-looks">
        <LooksButtons {...looks} />
      </div>
      <form class="login-card" onSubmit={submit} aria-labelledby="login-title">
        <Brand />
        <p class="quiet">{texts.t("app.tagline")}</p>
        <h1 id="login-title">{texts.t("login.title")}</h1>
        {expired && !failure ? <p class="notice">{texts.t("login.expired")}</p> : null}
        <label for="user">{texts.t("login.user")}</label>
        <input
          id="user"
          ref={field}
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          maxLength={64}
          value={user}
          onInput={(event) => set_user(event.currentTarget.value)}
        />
        <label for="password">{texts.t("login.password")}</label>
        <input
          id="password"
          name="password"
          type={shown ? "text" : "password"}
          autocomplete="current-password"
          autocapitalize="none"
          spellcheck={false}
          required
          maxLength={256}
          value={password}
          aria-describedby={told ? "login-failure" : undefined}
          onInput={(event) => set_password(event.currentTarget.value)}
        />
        <label class="tick">
          <input
            type="checkbox"
            checked={shown}
            onChange={(event) => set_shown(event.currentTarget.checked)}
          />
          {texts.t("login.show")}
        </label>
        <div role="alert" id="login-failure">
          {told ? (
            <p class="failure">
              <span class="heard">{explained(told, told.retry_after_s * 1000)}</span>
              <span aria-hidden="true">{explained(told, wait_ms)}</span>
            </p>
          ) : null}
        </div>
        <button type="submit" class="button primary wide" aria-disabled={busy || wait_ms > 0}>
          {texts.t(busy ? "login.busy" : "login.submit")}
        </button>
      </form>
    </main>
  );
}
