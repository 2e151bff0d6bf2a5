// One session: its facts, its power and energy over time, and the same as a table.
import { useEffect, useState } from "preact/hooks";
import { ApiError, type Curve, get } from "../api";
import { points_to_end, same_session } from "../model";
import { useLive, useTexts } from "../reader";
import { Back } from "../ui/icons";
import { Empty, Heading, Lasting, Loading, Moment, Trouble } from "../ui/parts";
import { Plot } from "../ui/plot";

/// A running session's curve grows with every progress record; asked for again this often.
const reload_ms = 10_000;

/// A running session's line has no peak yet; the frames have one.
function peak_of({ session, points }: Curve): number {
  return session.peak_mw ?? Math.max(0, ...points.map((point) => point.power_mw));
}

function Facts({ curve }: { curve: Curve }) {
  const texts = useTexts();
  const { session } = curve;
  const { reason, started, elapsed_ms: elapsed } = session;
  const running = !reason;
  return (
    <dl class="facts">
      <div>
        <dt>{texts.t("sessions.started")}</dt>
        <dd>{started === null ? "–" : <Moment at={started} />}</dd>
      </div>
      <div>
        <dt>{texts.t("sessions.elapsed")}</dt>
        <dd>
          {running && started !== null ? <Lasting since={started} /> : null}
          {!running || started === null ? texts.duration(elapsed ?? 0) : null}
        </dd>
      </div>
      <div>
        <dt>{texts.t("sessions.energy")}</dt>
        <dd>{texts.energy(session.energy_mwh)}</dd>
      </div>
      <div>
        <dt>{texts.t("sessions.peak")}</dt>
        <dd>{texts.power(peak_of(curve))}</dd>
      </div>
      <div>
        <dt>{texts.t("sessions.card")}</dt>
        <dd>{session.card ?? "–"}</dd>
      </div>
      <div>
        <dt>{texts.t(running ? "sessions.state" : "sessions.reason")}</dt>
        <dd>
          <span class={`reason ${reason ?? "running"}`}>
            {reason ? texts.word("end_reason", reason) : texts.t("sessions.running")}
          </span>
        </dd>
      </div>
    </dl>
  );
}

function PointsTable({ curve }: { curve: Curve }) {
  const texts = useTexts();
  return (
    <details class="points">
      <summary>{texts.t("curve.table")}</summary>
      <div class="points-scroll" tabIndex={0} role="region" aria-label={texts.t("curve.table")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{texts.t("curve.time")}</th>
              <th scope="col" class="numeric">
                {texts.t("curve.power")}
              </th>
              <th scope="col" class="numeric">
                {texts.t("curve.energy")}
              </th>
            </tr>
          </thead>
          <tbody>
            {points_to_end(curve).map((point) => (
              <tr key={`${point.at}/${point.energy_mwh}`}>
                <td title={texts.exactly(point.at)}>{texts.clock_exactly(point.at)}</td>
                <td class="numeric">{texts.power(point.power_mw)}</td>
                <td class="numeric">{texts.energy(point.energy_mwh)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function useCurve(post: string, session: string) {
  const [curve, set_curve] = useState<Curve | null>(null);
  const [error, set_error] = useState<ApiError | null>(null);
  const [turn, set_turn] = useState(0);
  useEffect(() => {
    let mine = true;
    const path = `/posts/${encodeURIComponent(post)}/sessions/${encodeURIComponent(session)}/curve`;
    get<Curve>(path).then(
      (answer) => {
        if (!mine) return;
        set_curve(answer);
        set_error(null);
      },
      (failure: unknown) => {
        if (mine) set_error(failure instanceof ApiError ? failure : new ApiError(0, "", "", 0));
      },
    );
    return () => {
      mine = false;
    };
  }, [post, session, turn]);
  return { curve, error, again: () => set_turn((n) => n + 1) };
}

export function CurvePage({ post, session }: { post: string; session: string }) {
  const texts = useTexts();
  const { model } = useLive();
  const { curve, error, again } = useCurve(post, session);
  const running = curve !== null && curve.session.reason === null;
  const ended = (model?.sessions ?? []).some(
    (each) => curve !== null && same_session(each, curve.session) && each.reason !== null,
  );

  useEffect(() => {
    if (!running) return undefined;
    if (ended) again();
    const timer = setInterval(again, reload_ms);
    return () => clearInterval(timer);
  }, [running, ended]);

  return (
    <>
      <a class="back" href="#/sessions">
        <Back />
        {texts.t("curve.back")}
      </a>
      <div class="page-head">
        <div>
          <Heading>
            {curve ? texts.place(curve.session.post, curve.session.outlet) : post}
          </Heading>
          <p class="quiet">{texts.t("curve.title")}</p>
        </div>
      </div>
      {error && !curve ? <Trouble error={error} again={again} /> : null}
      {!curve && !error ? <Loading /> : null}
      {curve ? <Facts curve={curve} /> : null}
      {curve && curve.points.length === 0 ? <Empty title={texts.t("curve.empty")} /> : null}
      {curve && curve.points.length > 0 ? (
        <>
          <Plot curve={curve} />
          {curve.thinned ? <p class="quiet">{texts.t("curve.thinned")}</p> : null}
          <PointsTable curve={curve} />
        </>
      ) : null}
    </>
  );
}
