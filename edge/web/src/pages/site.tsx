// Every outlet of the site on one page.
import type { Outlet, Post, Site } from "../api";
import {
  bays_of,
  in_order,
  is_free,
  noisy_inputs,
  places_amiss,
  urgent_in,
  welded_in,
  without_power,
} from "../model";
import { useLive, useSiteNow, useTexts } from "../reader";
import { curve_link } from "../route";
import { Bolt, Check, Flame, NoLink, Onward, Warning } from "../ui/icons";
import { Empty, Heading, Lasting, Loading, Moment } from "../ui/parts";

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

/// The only things on this page that cannot wait for a tap on «see alarms».
function Urgent({ site }: { site: Site }) {
  const texts = useTexts();
  const urgent = site.posts.flatMap((post) =>
    urgent_in(post).map((each) => ({ ...each, post: post.post })),
  );
  return (
    <div role="alert">
      {urgent.map(({ post, outlet, cause }) => (
        <p key={`${post}/${outlet}/${cause}`} class="urgent">
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

/// Says that silence is good news, and only while that is known.
function Calm({ site }: { site: Site }) {
  const texts = useTexts();
  const { contact } = useLive();
  const outlets = site.posts.reduce((sum, post) => sum + post.outlets.length, 0);
  return (
    <div role="status">
      {contact === "live" && in_order(site) ? (
        <p class="calm">
          <Check />
          <strong>{texts.t("site.calm")}</strong>
          <span>{texts.t("site.calm_long", { n: texts.number(outlets) })}</span>
        </p>
      ) : null}
    </div>
  );
}

/// What the posts that can be reached say; the others are counted as silent and as nothing else.
function totals_of(site: Site) {
  const heard = site.posts.filter((post) => post.online);
  const silent = site.posts.filter((post) => !post.online).flatMap((post) => post.outlets);
  const outlets = heard.flatMap((post) => post.outlets);
  const cut = heard.flatMap((post) => post.outlets.filter((each) => without_power(post, each)));
  const count = (state: string) => outlets.filter((outlet) => outlet.state === state).length;
  return {
    charging: count("charging"),
    free: heard.flatMap((post) => post.outlets.filter((each) => is_free(post, each))).length,
    out_of_use: count("locked_out") + cut.length,
    silent: silent.length,
    power_mw: outlets.reduce((sum, outlet) => sum + (outlet.power_mw ?? 0), 0),
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
      {totals.out_of_use > 0
        ? figure("locked", texts.t("site.out_of_use"), texts.number(totals.out_of_use))
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
  const { cause, measured, limit } = trip;
  return (
    <div class="trip">
      <p class="trip-cause">{texts.word("cause", cause)}</p>
      {measured !== null && limit !== null ? <p>{texts.trip(cause, measured, limit)}</p> : null}
    </div>
  );
}

/// What an outlet that works again was cut for last.
function LastTripLine({ outlet }: { outlet: Outlet }) {
  const texts = useTexts();
  const { trip, last_trip: last } = outlet;
  if (trip || !last) return null;
  return (
    <p class="quiet tile-since">
      {texts.t("site.last_trip", { cause: texts.word("cause", last.cause) })}{" "}
      <Moment at={last.at} />
    </p>
  );
}

/// How long an idle outlet has been so, and whether the bike it charged still takes its place.
function IdleLine({ outlet }: { outlet: Outlet }) {
  const texts = useTexts();
  const now = useSiteNow();
  const { since, occupied_since: occupied } = outlet;
  if (occupied !== null) {
    const time = texts.duration(now - occupied);
    return <p class="tile-since">{texts.t("site.still_here", { time })}</p>;
  }
  if (since === null) return null;
  return (
    <p class="quiet tile-since">
      <Lasting since={since} />
    </p>
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
      <p class="readings">
        <span class="heard">{texts.t("site.energy")}</span>{" "}
        <span>{outlet.energy_mwh === null ? "–" : texts.energy(outlet.energy_mwh)}</span>
        {" · "}
        <span class="heard">{texts.t("site.elapsed")}</span>{" "}
        <span>
          <Elapsed outlet={outlet} />
        </span>
      </p>
    </>
  );
}

const busy_states = new Set(["charging", "closing", "opening"]);

function OutletTile({ post, outlet }: { post: Post; outlet: Outlet }) {
  const texts = useTexts();
  const cut = without_power(post, outlet);
  const word = cut ? texts.t("site.no_power") : texts.word("outlet_state", outlet.state);
  const name = texts.t("site.outlet", { n: outlet.outlet });
  const link = outlet.session ? curve_link(post.post, outlet.session) : null;
  const busy = busy_states.has(outlet.state);
  return (
    <li class={`tile ${cut ? "cut" : outlet.state}`}>
      <span class="socket" aria-hidden="true">
        {outlet.outlet}
      </span>
      <div class="tile-body">
        <h3>
          <span class="heard">{name}</span>
          {outlet.state === "charging" ? <Bolt /> : null}
          {word}
        </h3>
        {busy ? <Readings outlet={outlet} /> : null}
        <TripLine outlet={outlet} />
        {busy ? null : <LastTripLine outlet={outlet} />}
        {busy ? null : <IdleLine outlet={outlet} />}
      </div>
      {link ? (
        <a class="tile-link" href={link}>
          <span class="heard">{`${name} · ${texts.t("site.curve")}`}</span>
        </a>
      ) : null}
    </li>
  );
}

/// What the whole post suffers from, over its outlets.
function PostNote({ post }: { post: Post }) {
  const texts = useTexts();
  const welded = welded_in(post)[0];
  return (
    <>
      {post.online ? null : <p class="post-note">{texts.t("site.post_last_known")}</p>}
      {welded ? (
        <p class="post-note">
          {welded.outlet === 0
            ? texts.t("site.post_live")
            : texts.t("site.post_cut", { n: welded.outlet })}
        </p>
      ) : null}
      {noisy_inputs(post).map(({ input, condition }) => (
        <p key={input} class="post-note">
          {texts.t("site.input", {
            input: texts.word("input_name", input),
            condition: texts.word("input_condition", condition),
          })}
        </p>
      ))}
      {bays_of(post).amiss.map((bay) => (
        <p key={bay.bay} class="post-note">
          {texts.t("site.bay", {
            n: bay.bay,
            matter: texts.word("bay_matter", bay.unseen ?? bay.matter ?? ""),
          })}
        </p>
      ))}
      {places_amiss(post).map(({ place, matter }) => (
        <p key={`${place.kind} ${place.place}`} class="post-note">
          {texts.t("site.place", {
            kind: texts.word("place_kind", place.kind),
            n: place.place,
            matter: texts.word("bay_matter", matter),
          })}
        </p>
      ))}
    </>
  );
}

function PostCard({ post }: { post: Post }) {
  const texts = useTexts();
  const bays = bays_of(post);
  const cabinet = post.reading?.cabinet_dc ?? null;
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
          {cabinet !== null ? (
            <span>{`${texts.t("site.cabinet")} ${texts.temperature(cabinet)}`}</span>
          ) : null}
          {bays.known > 0 ? (
            <span>{texts.t("site.bays", { taken: bays.taken, known: bays.known })}</span>
          ) : null}
          {post.firmware ? (
            <span class="post-firmware" title={post.firmware}>
              {`${texts.t("site.firmware")} ${post.firmware.slice(0, 8)}`}
            </span>
          ) : null}
        </span>
      </header>
      <PostNote post={post} />
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
      <Calm site={site} />
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
