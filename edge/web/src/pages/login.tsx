import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Identity, post } from "../api";
import { useTexts } from "../reader";
import { Brand, type Looks, LooksButtons } from "../ui/frame";

interface LoginProps extends Looks {
  expired: boolean;
  enter: (me: Identity) => void;
}

export function LoginPage({ expired, enter, ...looks }: LoginProps) {
  const texts = useTexts();
  const [user, set_user] = useState("");
  const [password, set_password] = useState("");
  const [shown, set_shown] = useState(false);
  const [busy, set_busy] = useState(false);
  const [failure, set_failure] = useState<ApiError | null>(null);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = `${texts.t("login.title")} · ${texts.t("app.name")}`;
  }, [texts]);
  useEffect(() => field.current?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    set_busy(true);
    set_failure(null);
    try {
      enter(await post<Identity>("/login", { user, password }));
    } catch (error) {
      set_failure(error instanceof ApiError ? error : new ApiError(0, "", "", 0));
      set_busy(false);
    }
  };

  const explained = (error: ApiError) => {
    if (error.status === 0) return texts.t("error.network");
    if (error.status === 401) return texts.t("login.refused");
    if (error.status === 429) {
      return texts.t("login.slow_down", { wait: texts.duration(error.retry_after_s * 1000) });
    }
    return texts.t("error.server", { id: error.id });
  };

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
          aria-describedby={failure ? "login-failure" : undefined}
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
          {failure ? <p class="failure">{explained(failure)}</p> : null}
        </div>
        <button type="submit" class="button primary wide" aria-disabled={busy}>
          {texts.t(busy ? "login.busy" : "login.submit")}
        </button>
      </form>
    </main>
  );
}
