import { useEffect } from "preact/hooks";
import type { Alarm, Alarms } from "../api";
import { merged, same_alarm } from "../model";
import { useLive, useSiteNow, useTexts } from "../reader";
import { curve_link } from "../route";
import { Check, Later } from "../ui/icons";
import { usePaged } from "../ui/pages";
import { Empty, Heading, Lasting, Loading, Moment, Severity, Trouble } from "../ui/parts";

function AlarmRow({ alarm }: { alarm: Alarm }) {
  const texts = useTexts();
  const now = useSiteNow();
  const { cause, measured, limit, held_for_ms: held } = alarm;
  const active = alarm.condition === "active";
  return (
    <li class={`alarm ${alarm.severity} ${active ? "active" : "cleared"}`}>
      <div class="alarm-head">
        <Severity severity={alarm.severity} />
        <span class={active ? "condition active" : "condition"}>
          {active ? null : <Check />}
          {texts.word("condition", alarm.condition)}
          {" · "}
          {active ? (
            <Lasting since={alarm.raised} />
          ) : (
            texts.duration((alarm.cleared ?? now) - alarm.raised)
          )}
        </span>
      </div>
      <h2>{texts.word("cause", cause)}</h2>
      <p class="alarm-place">{texts.place(alarm.post, alarm.outlet)}</p>
      {active && texts.has("advice", cause) ? (
        <p class="advice">{texts.word("advice", cause)}</p>
      ) : null}
      <p class="quiet alarm-facts">
        <span>
          {`${texts.t("alarms.raised")} `}
          <Moment at={alarm.raised} />
        </span>
        {measured !== null && limit !== null ? (
          <span>{texts.trip(cause, measured, limit)}</span>
        ) : null}
        {typeof held === "number" && held > 0 && texts.has_limit(cause) ? (
          <span>{texts.t("alarms.held", { time: texts.hold(held) })}</span>
        ) : null}
        {typeof alarm.delivered === "boolean" ? (
          <span class="sent">
            {alarm.delivered ? <Check /> : <Later />}
            {texts.t(alarm.delivered ? "alarms.sent" : "alarms.unsent")}
          </span>
        ) : null}
        {alarm.session ? (
          <a href={curve_link(alarm.post, alarm.session)}>{texts.t("alarms.session")}</a>
        ) : null}
      </p>
    </li>
  );
}

/// The stream does not tell when an alarm has been sent on; while one has not, the list asks.
const refresh_ms = 3_000;

const ranks = ["fire", "hazard", "warning", "notice"];

/// What burns comes before what is newest; the order of the list holds within a rank.
function worst_first(alarms: Alarm[]): Alarm[] {
  return alarms
    .filter((alarm) => alarm.condition === "active")
    .sort((a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity));
}

export function AlarmsPage({ state }: { state: "active" | "all" }) {
  const texts = useTexts();
  const { model } = useLive();
  const page = usePaged<Alarm>("/alarms", { state }, (answer: Alarms) => ({
    rows: answer.alarms,
    next: answer.next,
  }));
  const known = merged(page.rows, model?.alarms ?? [], same_alarm);
  const rows = state === "active" ? worst_first(known) : known;
  const open_end = rows.some((row) => row.delivered === false || row.delivered === undefined);
  useEffect(() => {
    if (!open_end) return undefined;
    const timer = setInterval(page.refresh, refresh_ms);
    return () => clearInterval(timer);
  }, [open_end, state, page.rows.length]);
  const none = !page.busy && !page.error && rows.length === 0;
  return (
    <>
      <div class="page-head">
        <Heading>{texts.t("alarms.title")}</Heading>
        <nav class="choice" aria-label={texts.t("alarms.filter")}>
          <a href="#/alarms" aria-current={state === "active" ? "true" : undefined}>
            {texts.t("alarms.active")}
          </a>
          <a href="#/alarms?state=all" aria-current={state === "all" ? "true" : undefined}>
            {texts.t("alarms.all")}
          </a>
        </nav>
      </div>
      {page.error ? <Trouble error={page.error} again={page.reload} /> : null}
      {none ? (
        <Empty
          title={texts.t(state === "active" ? "alarms.none_active" : "alarms.none")}
          hint={texts.t("alarms.none_hint")}
        />
      ) : null}
      <ul class="alarms" aria-label={texts.t("alarms.list")}>
        {rows.map((alarm) => (
          <AlarmRow key={alarm.id} alarm={alarm} />
        ))}
      </ul>
      {page.busy ? <Loading /> : null}
      {page.more && !page.busy ? (
        <button type="button" class="button more" onClick={page.load_more}>
          {texts.t("app.more")}
        </button>
      ) : null}
    </>
  );
}
