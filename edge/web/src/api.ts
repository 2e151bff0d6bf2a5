// The contract with the daemon: what /api/v1 answers, and how it is asked. Times are unix
// milliseconds, powers milliwatts, energies milliwatt hours, 64-bit ids strings.

export interface Identity {
  user: string;
  role: string;
  csrf: string;
}

export interface Trip {
  cause: string;
  /// The outlet is down with its post.
  whole_post: boolean;
  /// Not told any more once its alarm has been cleared, and never of what measures nothing.
  measured: number | null;
  limit: number | null;
  at: number;
}

/// The newest cut that concerned an outlet, cleared or not.
export interface LastTrip extends Trip {
  severity: string;
  session: string | null;
  held_for_ms: number;
}

export interface RelayLife {
  closings: number;
  hot_openings: number;
  left_permille: number;
}

export interface Outlet {
  outlet: number;
  state: string;
  since: number | null;
  power_mw: number | null;
  current_ma: number | null;
  energy_mwh: number | null;
  elapsed_ms: number | null;
  session: string | null;
  card: string | null;
  contact_dc: number | null;
  /// What began the running session.
  means: string | null;
  trip: Trip | null;
  last_trip: LastTrip | null;
  relay: RelayLife | null;
  /// A bike stands there whose session is over, since then; where a bay's sensor sees it.
  occupied_since: number | null;
}

/// A post's own condition, beside its outlets.
export interface PostReading {
  cabinet_dc: number | null;
  rail_mv: number;
  /// By circuit; null where the monitor failed its own test.
  residual_ma: (number | null)[];
  current_ma: number;
  power_mw: number;
}

export interface Bay {
  bay: number;
  state: string;
  since: number | null;
  outlet: number | null;
  card: string | null;
  tag: string | null;
  occupied_since: number | null;
  matter: string | null;
  matter_since: number | null;
  /// Its sensor is silent or faulty: which of the two.
  unseen: string | null;
}

/// A zone, barrier, detector, reader or display around a post.
export interface Place {
  kind: string;
  place: number;
  matter: string | null;
  matter_since: number | null;
  unseen: string | null;
}

export interface PostLine {
  post: string;
  online: boolean;
  since: number | null;
  firmware: string | null;
  mains_mv: number | null;
  reading: PostReading | null;
  /// By name, those that the post has.
  inputs: Record<string, string>;
  /// Those that anything is known of.
  bays: Bay[];
  places: Place[];
}

export interface Post extends PostLine {
  outlets: Outlet[];
}

export interface Site {
  site: string;
  now: number;
  seq: string;
  behind: number;
  posts: Post[];
  alarms_active: number;
}

export interface Alarm {
  id: string;
  post: string;
  outlet: number;
  cause: string;
  severity: string;
  condition: string;
  attention: string;
  raised: number;
  cleared: number | null;
  measured: number | null;
  limit: number | null;
  session: string | null;
  /// Only a list tells these two, an event does not. No delivery: there is nobody to be told.
  held_for_ms?: number | null;
  delivered?: boolean | null;
}

export interface Session {
  session: string;
  post: string;
  outlet: number;
  card: string | null;
  started: number | null;
  ended: number | null;
  reason: string | null;
  energy_mwh: number;
  peak_mw: number | null;
  elapsed_ms: number | null;
}

export interface CurvePoint {
  at: number;
  power_mw: number;
  energy_mwh: number;
}

export interface Curve {
  session: Session;
  points: CurvePoint[];
  thinned: boolean;
}

export interface Alarms {
  alarms: Alarm[];
  next: string | null;
}

export interface Sessions {
  sessions: Session[];
  next: string | null;
}

/// What went wrong, for a page to explain. `status` 0: no answer at all.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly id: string,
    readonly retry_after_s: number,
  ) {
    super(code);
  }
}

/// Long enough for a login that waits behind two others, short enough for a person.
const answer_limit_ms = 15_000;

let csrf = "";

/// Called once at login or reload; every state change carries it from then on.
export function remember_csrf(token: string): void {
  csrf = token;
}

async function failure_of(response: Response): Promise<ApiError> {
  const wait = Number(response.headers.get("Retry-After") ?? "0");
  try {
    const body = (await response.json()) as { error?: { id?: string; code?: string } };
    return new ApiError(response.status, body.error?.code ?? "", body.error?.id ?? "", wait);
  } catch {
    return new ApiError(response.status, "", "", wait);
  }
}

async function ask(path: string, init: RequestInit): Promise<unknown> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), answer_limit_ms);
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      ...init,
      signal: limit.signal,
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch {
    throw new ApiError(0, "network", "", 0);
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok) throw await failure_of(response);
  return response.status === 204 ? null : response.json();
}

export function get<T>(path: string): Promise<T> {
  return ask(path, {}) as Promise<T>;
}

export function post<T>(path: string, body: unknown): Promise<T> {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
  }) as Promise<T>;
}

/// A path with its query, leaving out what is not set.
export function with_query(path: string, query: Record<string, string | null>): string {
  const set = Object.entries(query).filter(([, value]) => value !== null && value !== "");
  if (set.length === 0) return path;
  return `${path}?${new URLSearchParams(set as [string, string][]).toString()}`;
}
