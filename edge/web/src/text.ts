// Texts in the reader's language, and numbers and times in the reader's formats.
import { type Placeholders, type TextKey, en, zh } from "./generated/catalogue";

export type Language = "zh" | "en";

const catalogues: Record<Language, Record<TextKey, string>> = { zh, en };

/// Chinese unless the reader's browser speaks English before Chinese.
export function language_of(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (tag.toLowerCase().startsWith("zh")) return "zh";
    if (tag.toLowerCase().startsWith("en")) return "en";
  }
  return "zh";
}

/// The reader's own variant of a language (en-GB), so that dates look as at home.
export function locale_of(language: Language, preferred: readonly string[]): string {
  const own = preferred.find((tag) => tag.toLowerCase().startsWith(language));
  return own ?? (language === "zh" ? "zh-CN" : "en-GB");
}

type Args<K extends TextKey> = K extends keyof Placeholders
  ? [args: Record<Placeholders[K], string | number>]
  : [];

/// One reader's texts and formats. Made anew when the language changes.
export class Texts {
  private readonly whole: Intl.NumberFormat;
  private readonly tenths: Intl.NumberFormat;
  private readonly hundredths: Intl.NumberFormat;
  private readonly up_to_hundredths: Intl.NumberFormat;
  private readonly clock: Intl.DateTimeFormat;
  private readonly day_and_clock: Intl.DateTimeFormat;
  private readonly exact: Intl.DateTimeFormat;
  private readonly exact_clock: Intl.DateTimeFormat;

  constructor(
    readonly language: Language,
    readonly locale: string,
  ) {
    const digits = (n: number) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: n, maximumFractionDigits: n });
    this.whole = digits(0);
    this.tenths = digits(1);
    this.hundredths = digits(2);
    this.up_to_hundredths = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
    const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    this.clock = new Intl.DateTimeFormat(locale, hour);
    this.day_and_clock = new Intl.DateTimeFormat(locale, {
      month: "short",
      day: "numeric",
      ...hour,
    });
    this.exact_clock = new Intl.DateTimeFormat(locale, { ...hour, second: "2-digit" });
    this.exact = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
  }

  t<K extends TextKey>(key: K, ...args: Args<K>): string {
    const values = (args[0] ?? {}) as Record<string, string | number>;
    return catalogues[this.language][key].replace(/\{(\w+)\}/g, (_, name: string) =>
      String(values[name] ?? ""),
    );
  }

  /// A word of the contract. One that this page does not know yet (the daemon may be newer) is
  /// shown as it came: better a raw word than none.
  word(section: string, word: string): string {
    const key = `${section}.${word}` as TextKey;
    return catalogues[this.language][key] ?? word.replace(/_/g, " ");
  }

  has(section: string, word: string): boolean {
    return `${section}.${word}` in catalogues[this.language];
  }

  number(n: number): string {
    return this.whole.format(n);
  }

  power(mw: number): string {
    if (Math.abs(mw) < 1_000_000) return `${this.whole.format(mw / 1000)} W`;
    return `${this.hundredths.format(mw / 1_000_000)} kW`;
  }

  energy(mwh: number): string {
    if (Math.abs(mwh) < 10_000) return `${this.tenths.format(mwh / 1000)} Wh`;
    if (Math.abs(mwh) < 1_000_000) return `${this.whole.format(mwh / 1000)} Wh`;
    return `${this.hundredths.format(mwh / 1_000_000)} kWh`;
  }

  current(ma: number): string {
    return `${this.up_to_hundredths.format(ma / 1000)} A`;
  }

  voltage(mv: number): string {
    return `${this.whole.format(mv / 1000)} V`;
  }

  /// To the tenth, because a supply of the post's own is a matter of tenths.
  precise_voltage(mv: number): string {
    return `${this.tenths.format(mv / 1000)} V`;
  }

  temperature(dc: number): string {
    return `${this.tenths.format(dc / 10)} °C`;
  }

  /// Whole units, rounded down: 59 s is not yet a minute.
  duration(ms: number): string {
    const s = Math.max(0, Math.floor(ms / 1000));
    const [d, h, m] = [Math.floor(s / 86_400), Math.floor(s / 3600), Math.floor(s / 60)];
    if (d > 0 && h % 24 === 0) return this.t("duration.days_even", { d });
    if (d > 0) return this.t("duration.days", { d, h: h % 24 });
    if (h > 0 && m % 60 === 0) return this.t("duration.hours_even", { h });
    if (h > 0) return this.t("duration.hours", { h, m: m % 60 });
    if (m > 0) return this.t("duration.minutes", { m });
    return this.t("duration.seconds", { s });
  }

  /// Short times that matter to the millisecond, as the hold before a cut.
  hold(ms: number): string {
    return ms < 1000 ? this.t("duration.millis", { n: this.number(ms) }) : this.duration(ms);
  }

  /// What a trip measured, in the unit its cause names (firmware/protocol/words.hpp).
  measured(cause: string, value: number): string {
    if (temperatures.has(cause)) return this.temperature(value);
    if (cause === "meter_silent" || cause === "meter_frozen") return this.hold(value);
    if (cause === "residual_current") return `${this.whole.format(value)} mA`;
    if (amperes.has(cause)) return this.current(value);
    if (watts.has(cause)) return this.power(value);
    if (volts.has(cause)) return this.precise_voltage(value);
    return this.number(value);
  }

  /// Measured and limit of a trip. What is welded has no limit a person would know: it should
  /// carry nothing at all. A meter's own pin says only that its limit was reached.
  trip(cause: string, measured: number, limit: number): string {
    const flowed = this.measured(cause, measured);
    if (!this.has_limit(cause)) return this.t("alarms.still", { measured: flowed });
    const allowed = this.measured(cause, limit);
    if (flowed === allowed) return this.t("alarms.at_limit", { limit: allowed });
    return this.t("alarms.measured", { measured: flowed, limit: allowed });
  }

  has_limit(cause: string): boolean {
    return !welded.has(cause);
  }

  /// The clock today, day and clock otherwise.
  moment(at: number, now: number): string {
    const same = new Date(at).toDateString() === new Date(now).toDateString();
    return (same ? this.clock : this.day_and_clock).format(at);
  }

  clock_exactly(at: number): string {
    return this.exact_clock.format(at);
  }

  exactly(at: number): string {
    return this.exact.format(at);
  }

  place(post: string, outlet: number): string {
    const what =
      outlet === 0 ? this.t("alarms.whole_post") : this.t("site.outlet", { n: outlet });
    return `${post} · ${what}`;
  }
}

const welded = new Set(["relay_welded", "contactor_welded"]);
const amperes = new Set([
  "hard_overcurrent",
  "overload",
  "meters_mixed_up",
  "load_shorted",
  ...welded,
]);
const watts = new Set(["overpower", "no_taper", "late_rise", "power_step", "meter_implausible"]);
const volts = new Set(["overvoltage", "undervoltage", "supply_low"]);
const temperatures = new Set(["contact_overheated", "contact_rising", "cabinet_overheated"]);
