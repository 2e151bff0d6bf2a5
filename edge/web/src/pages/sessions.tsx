import type { Session, Sessions } from "../api";
import { merged, same_session } from "../model";
import { useLive, useTexts } from "../reader";
import { curve_link } from "../route";
import { usePaged } from "../ui/pages";
import { Empty, Heading, Lasting, Loading, Moment, Trouble } from "../ui/parts";

/// Why it ended, or that it has not: the reason is what a resident asks about first.
function Ending({ session }: { session: Session }) {
  const texts = useTexts();
  if (!session.reason) return <span class="reason running">{texts.t("sessions.running")}</span>;
  return <span class={`reason ${session.reason}`}>{texts.word("end_reason", session.reason)}</span>;
}

function Duration({ session }: { session: Session }) {
  const texts = useTexts();
  if (!session.reason && session.started !== null) return <Lasting since={session.started} />;
  return <>{session.elapsed_ms === null ? "–" : texts.duration(session.elapsed_ms)}</>;
}

function Row({ session }: { session: Session }) {
  const texts = useTexts();
  const place = texts.place(session.post, session.outlet);
  return (
    <tr>
      <th scope="row">
        <a
          href={curve_link(session.post, session.session)}
          aria-label={texts.t("sessions.open", { place })}
        >
          {place}
        </a>
      </th>
      <td data-label={texts.t("sessions.started")}>
        {session.started === null ? "–" : <Moment at={session.started} />}
      </td>
      <td data-label={texts.t("sessions.elapsed")}>
        <Duration session={session} />
      </td>
      <td data-label={texts.t("sessions.energy")} class="numeric">
        {texts.energy(session.energy_mwh)}
      </td>
      <td data-label={texts.t("sessions.peak")} class="numeric">
        {session.peak_mw === null ? "–" : texts.power(session.peak_mw)}
      </td>
      <td data-label={texts.t("sessions.card")}>{session.card ?? "–"}</td>
      <td data-label={texts.t("sessions.reason")} class="row-reason">
        <Ending session={session} />
      </td>
    </tr>
  );
}

function Table({ rows }: { rows: Session[] }) {
  const texts = useTexts();
  return (
    <table class="sessions">
      <caption class="heard">{texts.t("sessions.list")}</caption>
      <thead>
        <tr>
          <th scope="col">{texts.t("sessions.place")}</th>
          <th scope="col">{texts.t("sessions.started")}</th>
          <th scope="col">{texts.t("sessions.elapsed")}</th>
          <th scope="col" class="numeric">
            {texts.t("sessions.energy")}
          </th>
          <th scope="col" class="numeric">
            {texts.t("sessions.peak")}
          </th>
          <th scope="col">{texts.t("sessions.card")}</th>
          <th scope="col">{texts.t("sessions.reason")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((session) => (
          <Row key={`${session.post}/${session.session}`} session={session} />
        ))}
      </tbody>
    </table>
  );
}

function PostChoice({ post }: { post: string }) {
  const texts = useTexts();
  const { model } = useLive();
  const choose = (event: Event) => {
    const chosen = (event.currentTarget as HTMLSelectElement).value;
    location.hash = chosen ? `#/sessions?post=${encodeURIComponent(chosen)}` : "#/sessions";
  };
  return (
    <label class="select">
      <span>{texts.t("sessions.post")}</span>
      <select value={post} onChange={choose}>
        <option value="">{texts.t("sessions.every_post")}</option>
        {(model?.site.posts ?? []).map((each) => (
          <option key={each.post} value={each.post}>
            {each.post}
          </option>
        ))}
      </select>
    </label>
  );
}

export function SessionsPage({ post }: { post: string }) {
  const texts = useTexts();
  const { model } = useLive();
  const page = usePaged<Session>("/sessions", { post }, (answer: Sessions) => ({
    rows: answer.sessions,
    next: answer.next,
  }));
  const news = (model?.sessions ?? []).filter((each) => post === "" || each.post === post);
  const rows = merged(page.rows, news, same_session);
  return (
    <>
      <div class="page-head">
        <Heading>{texts.t("sessions.title")}</Heading>
        <PostChoice post={post} />
      </div>
      {page.error ? <Trouble error={page.error} again={page.reload} /> : null}
      {!page.busy && !page.error && rows.length === 0 ? (
        <Empty title={texts.t("sessions.none")} hint={texts.t("sessions.none_hint")} />
      ) : null}
      {rows.length > 0 ? <Table rows={rows} /> : null}
      {page.busy ? <Loading /> : null}
      {page.more && !page.busy ? (
        <button type="button" class="button more" onClick={page.load_more}>
          {texts.t("app.more")}
        </button>
      ) : null}
    </>
  );
}
