import { useCallback, useEffect, useState } from "preact/hooks";
import { type Identity, ApiError, get, post, remember_csrf } from "./api";
import { type Live, LiveFeed } from "./live";
import { AlarmsPage } from "./pages/alarms";
import { CurvePage } from "./pages/curve";
import { LoginPage } from "./pages/login";
import { SessionsPage } from "./pages/sessions";
import { SitePage } from "./pages/site";
import {
  LiveContext,
  TextContext,
  last_visit,
  remember_visit,
  useLanguage,
  useTexts,
  useTheme,
} from "./reader";
import { type Route, useRoute } from "./route";
import { Frame } from "./ui/frame";
import { Empty, Heading, Loading } from "./ui/parts";

const nothing_yet: Live = { model: null, contact: "connecting", skew_ms: 0, heard_at: 0 };

type Who = { state: "asking" } | { state: "out"; expired: boolean } | { state: "in"; me: Identity };

function Page({ route }: { route: Route }) {
  const texts = useTexts();
  switch (route.page) {
    case "site":
      return <SitePage />;
    case "alarms":
      return <AlarmsPage state={route.state} />;
    case "sessions":
      return <SessionsPage post={route.post} />;
    case "curve":
      return <CurvePage post={route.post} session={route.session} />;
    case "unknown":
      return (
        <>
          <div class="page-head">
            <Heading>{texts.t("error.not_found")}</Heading>
          </div>
          <Empty title={texts.t("error.page")}>
            <a class="button" href="#/">
              {texts.t("error.home")}
            </a>
          </Empty>
        </>
      );
  }
}

export function App() {
  const [texts, change_language] = useLanguage();
  const [theme, change_theme] = useTheme();
  const [who, set_who] = useState<Who>({ state: "asking" });
  const [live, set_live] = useState<Live>(nothing_yet);
  const [stayed, set_stayed] = useState(false);
  const route = useRoute();

  const enter = useCallback((me: Identity) => {
    remember_csrf(me.csrf);
    remember_visit("in");
    set_stayed(false);
    set_who({ state: "in", me });
  }, []);

  const exit = useCallback((expired: boolean) => {
    remember_visit("out");
    set_who({ state: "out", expired });
  }, []);

  useEffect(() => {
    // The cookie is out of a script's reach. Only who signed in here before is asked about: a
    // stranger's refusal would be an error in the browser's log at every first visit.
    if (last_visit() !== "in") {
      exit(false);
      return;
    }
    get<Identity>("/me").then(enter, (error: unknown) => {
      exit(error instanceof ApiError && error.status === 401);
    });
  }, [enter, exit]);

  useEffect(() => {
    if (who.state !== "in") return undefined;
    const feed = new LiveFeed(set_live, () => exit(true));
    feed.start();
    return () => {
      feed.stop();
      set_live(nothing_yet);
    };
  }, [who.state, exit]);

  // Out only when the daemon says so: a login that lives on behind a door that looks shut is worse
  // than an open door.
  const leave = () => {
    post("/logout", {}).then(
      () => exit(false),
      (error: unknown) => {
        if (error instanceof ApiError && error.status === 401) exit(false);
        else set_stayed(true);
      },
    );
  };

  const looks = { texts, theme, change_language, change_theme };
  return (
    <TextContext.Provider value={texts}>
      <LiveContext.Provider value={live}>
        {who.state === "asking" ? <Loading /> : null}
        {who.state === "out" ? <LoginPage {...looks} expired={who.expired} enter={enter} /> : null}
        {who.state === "in" ? (
          <Frame {...looks} route={route} me={who.me} stayed={stayed} leave={leave}>
            <Page key={location.hash.split("?")[0]} route={route} />
          </Frame>
        ) : null}
      </LiveContext.Provider>
    </TextContext.Provider>
  );
}
