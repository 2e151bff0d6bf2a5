// Keeps the model up to date: one snapshot, then the event stream from where it ended. Says
// honestly when it cannot.
import { ApiError, type Site, get } from "./api";
import { type Beat, type Contact, type LiveEvent, type Model, after, model_of } from "./model";

/// The daemon beats every 10 s; two and a half silent beats are a dead line, whatever TCP says.
const silence_limit_ms = 25_000;
const retry_first_ms = 1_000;
const retry_longest_ms = 15_000;

export interface Live {
  model: Model | null;
  contact: Contact;
  /// Daemon time minus this machine's, so that «since» is right on a phone with a wrong clock.
  skew_ms: number;
  /// When anything was last heard, by this machine's clock.
  heard_at: number;
}

const event_kinds = ["outlet", "post", "alarm", "session"] as const;

/// Owns the stream from `start` to `stop`; tells every change through `changed`.
export class LiveFeed {
  private source: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private retry_ms = retry_first_ms;
  private stopped = false;
  private state: Live = { model: null, contact: "connecting", skew_ms: 0, heard_at: 0 };

  constructor(
    private readonly changed: (live: Live) => void,
    private readonly signed_out: () => void,
  ) {}

  start(): void {
    void this.load();
  }

  stop(): void {
    this.stopped = true;
    this.close();
    clearTimeout(this.retry);
  }

  private tell(change: Partial<Live>): void {
    this.state = { ...this.state, ...change };
    this.changed(this.state);
  }

  /// A fresh snapshot, then the stream from its sequence on.
  private async load(): Promise<void> {
    try {
      const site = await get<Site>("/site");
      if (this.stopped) return;
      const heard_at = Date.now();
      this.tell({ model: model_of(site), skew_ms: site.now - heard_at, heard_at });
      this.open(site.seq);
    } catch (error) {
      if (this.stopped) return;
      if (error instanceof ApiError && error.status === 401) this.signed_out();
      else this.lost();
    }
  }

  private open(since: string): void {
    this.close();
    const source = new EventSource(`/api/v1/stream?since=${encodeURIComponent(since)}`);
    this.source = source;
    source.onopen = () => this.heard("live");
    source.onerror = () => {
      // While it is connecting the browser resumes by itself, with the last id it saw. Closed
      // means refused, and only a new snapshot tells why.
      if (source.readyState === EventSource.CLOSED) this.lost();
      else this.tell({ contact: "offline" });
    };
    for (const kind of event_kinds) {
      source.addEventListener(kind, (event) => {
        const { seq, ...data } = JSON.parse(event.data as string) as { seq: string };
        this.apply({ kind, seq, data } as unknown as LiveEvent);
      });
    }
    source.addEventListener("beat", (event) => {
      const data = JSON.parse(event.data as string) as Beat;
      this.apply({ kind: "beat", data });
      this.tell({ skew_ms: data.now - Date.now() });
    });
    source.addEventListener("resync", () => {
      this.close();
      void this.load();
    });
    this.watch();
  }

  private apply(event: LiveEvent): void {
    if (!this.state.model) return;
    this.state.model = after(this.state.model, event);
    this.heard("live");
  }

  private heard(contact: Contact): void {
    this.retry_ms = retry_first_ms;
    this.watch();
    this.tell({ contact, heard_at: Date.now() });
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lost(), silence_limit_ms);
  }

  private lost(): void {
    this.close();
    this.tell({ contact: "offline" });
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.load(), this.retry_ms);
    this.retry_ms = Math.min(this.retry_ms * 2, retry_longest_ms);
  }

  private close(): void {
    clearTimeout(this.watchdog);
    this.source?.close();
    this.source = null;
  }
}
