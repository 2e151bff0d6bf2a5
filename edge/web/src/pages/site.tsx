// Every outlet of the site on one page.
import type { Outlet, Post, Site } from "../api";
import { useLive, useSiteNow, useTexts } from "../reader";
import { curve_link } from "../route";
import { Bolt, Flame, NoLink, Onward, Warning } from "../ui/icons";
import { Empty, Heading, Lasting, Loading } from "../ui/parts";

function AlarmBanner({ active }: { active: number }) {
  const texts = useTexts();
  const said =
    active === 1
      ? texts.t("site.alarm_one")
      : texts.t("site.alarm_many", { n: texts.number(active) });
  return (
    <div role="alert">
      {active > 0 ? (
        <a class="banner" href="#/alarms">
          <Warning />
          <strong>{said}</strong>
          <span class="banner-go">
            {texts.t("site.alarm_open")}
            <Onward />
          </span>
        </a>
      ) : null}
    </div>
  );
}

/// What still conducts although it was told to open: the only thing on this page that cannot wait
/// for a tap on «see alarms».
function Urgent({ site }: { site: Site }) {
  const texts = useTexts();
  const welded = site.posts.flatMap(({ post, outlets }) =>
    outlets.flatMap(({ outlet, trip }) =>
      trip !== null && conducting.has(trip.cause) ? [{ post, outlet, cause: trip.cause }] : [],
    ),
  );
  return (
    <div role="alert">
      {welded.map(({ post, outlet, cause }) => (
        <p key={`${post}/${outlet}`} class="urgent">
          <Flame />
          <strong>
            {texts.t("site.urgent", {
              place: texts.place(post, outlet),
              advice: texts.word("advice", cause),
            })}
          </strong>
        </p>
      ))}
    </div>
  );
}

const conducting = new Set(["relay_welded", "contactor_welded"]);

/// What the posts that can be reached say; the others are counted as silent and as nothing else.
function totals_of(site: Site) {
  const heard = site.posts.filter((post) => post.online).flatMap((post) => post.outlets);
  const silent = site.posts.filter((post) => !post.online).flatMap((post) => post.outlets);
  const count = (state: string) => heard.filter((outlet) => outlet.state === state).length;
  return {
    charging: count("charging"),
    free: count("idle"),
    locked: count("locked_out"),
    silent: silent.length,
    power_mw: heard.reduce((sum, outlet) => sum + (outlet.power_mw ?? 0), 0),
  };
}

function Totals({ site }: { site: Site }) {
  const texts = useTexts();
  const totals = totals_of(site);
  const figure = (kind: string, word: string, value: string) => (
    <div class={`figure ${kind}`}>
      <dt>{word}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl class="totals">
      {figure("charging", texts.t("site.charging"), texts.number(totals.charging))}
      {figure("", texts.t("site.free"), texts.number(totals.free))}
      {totals.locked > 0
        ? figure("locked", texts.t("site.locked"), texts.number(totals.locked))
        : null}
      {totals.silent > 0
        ? figure("silent", texts.t("site.silent"), texts.number(totals.silent))
        : null}
      {figure("power", texts.t("site.power"), texts.power(totals.power_mw))}
    </dl>
  );
}

function TripLine({ outlet }: { outlet: Outlet }) {
  const texts = useTexts();
  const { trip } = outlet;
  if (!trip) return null;
  return (
    <div class="trip">
      <p class="trip-cause">{texts.word("cause", trip.cause)}</p>
      <p>
        {texts.measured(trip.cause, trip.measured)}
        {" · "}
        {texts.t("site.limit", { limit: texts.measured(trip.cause, trip.limit) })}
      </p>
    </div>
  );
}

/// How long a running session lasts by now. The post says it every ten seconds; between two
/// frames the page counts on from the state's beginning.
function Elapsed({ outlet }: { outlet: Outlet }) {
  const texts = useTexts();
  const now = useSiteNow();
  const counted = outlet.since === null ? 0 : now - outlet.since;
  return <>{texts.duration(Math.max(outlet.elapsed_ms ?? 0, counted))}</>;
}

function Readings({ outlet }: { outlet: Outlet }) {
  const texts = useTexts();
  return (
    <>
      <p class="watts">{outlet.power_mw === null ? "–" : texts.power(outlet.power_mw)}</p>
      <dl class="readings">
        <div>
          <dt>{texts.t("site.energy")}</dt>
          <dd>{outlet.energy_mwh === null ? "–" : texts.energy(outlet.energy_mwh)}</dd>
        </div>
        <div>
          <dt>{texts.t("site.elapsed")}</dt>
          <dd>
            <Elapsed outlet={outlet} />
          </dd>
        </div>
      </dl>
    </>
  );
}

const busy_states = new Set(["charging", "closing", "opening"]);

function OutletTile({ post, outlet }: { post: Post; outlet: Outlet }) {
  const texts = useTexts();
  const word = texts.word("outlet_state", outlet.state);
  const name = texts.t("site.outlet", { n: outlet.outlet });
  const link = outlet.session ? curve_link(post.post, outlet.session) : null;
  const busy = busy_states.has(outlet.state);
  return (
    <li class={`tile ${outlet.state}`}>
      <div class="tile-head">
        <span class="socket" aria-hidden="true">
          {outlet.outlet}
        </span>
        <h3>
          <span class="heard">{name}</span>
          {outlet.state === "charging" ? <Bolt /> : null}
          {word}
        </h3>
        {!busy && outlet.since !== null ? (
          <span class="quiet tile-since">
            <Lasting since={outlet.since} />
          </span>
        ) : null}
      </div>
      {busy ? <Readings outlet={outlet} /> : null}
      <TripLine outlet={outlet} />
      {link ? (
        <a class="tile-link" href={link}>
          <span class="heard">{`${name} · ${texts.t("site.curve")}`}</span>
        </a>
      ) : null}
    </li>
  );
}

function PostCard({ post }: { post: Post }) {
  const texts = useTexts();
  return (
    <section class={post.online ? "post" : "post silent"} aria-label={post.post}>
      <header class="post-head">
        <h2>{post.post}</h2>
        <span class={post.online ? "link on" : "link off"}>
          {post.online ? <span class="pulse still" aria-hidden="true" /> : <NoLink />}
          {texts.t(post.online ? "site.post_online" : "site.post_offline")}
          {post.since !== null ? (
            <span class="quiet">
              <Lasting since={post.since} />
            </span>
          ) : null}
        </span>
        <span class="post-facts quiet">
          {post.mains_mv !== null ? (
            <span>{`${texts.t("site.mains")} ${texts.voltage(post.mains_mv)}`}</span>
          ) : null}
          {post.firmware ? (
            <span title={post.firmware}>
              {`${texts.t("site.firmware")} ${post.firmware.slice(0, 8)}`}
            </span>
          ) : null}
        </span>
      </header>
      {post.online ? null : <p class="post-note">{texts.t("site.post_last_known")}</p>}
      <ul class="tiles">
        {post.outlets.map((outlet) => (
          <OutletTile key={outlet.outlet} post={post} outlet={outlet} />
        ))}
      </ul>
    </section>
  );
}

export function SitePage() {
  const texts = useTexts();
  const { model } = useLive();
  if (!model) return <Loading />;
  const { site } = model;
  return (
    <>
      <Urgent site={site} />
      <AlarmBanner active={site.alarms_active} />
      <div class="page-head">
        <div>
          <Heading>{texts.t("site.title")}</Heading>
          <p class="quiet">{site.site}</p>
        </div>
        {site.posts.length > 0 ? <Totals site={site} /> : null}
      </div>
      {site.posts.length === 0 ? (
        <Empty title={texts.t("site.no_posts")} hint={texts.t("site.no_posts_hint")} />
      ) : null}
      {site.posts.map((post) => (
        <PostCard key={post.post} post={post} />
      ))}
    </>
  );
}
