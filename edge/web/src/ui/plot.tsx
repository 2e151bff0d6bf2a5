// Power and energy over time on one canvas. The words beside it tell a screen reader what it shows.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Curve } from "../api";
import { points_to_end } from "../model";
import { useTexts } from "../reader";
import type { Texts } from "../text";

const height_px = 320;

/// A colour of the design, as the canvas needs it.
function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis(label: string, format: (value: number) => string, side: 1 | 3): uPlot.Axis {
  return {
    label,
    side,
    size: 44,
    labelSize: 20,
    labelGap: 0,
    gap: 6,
    stroke: () => token("--quiet"),
    font: "12px system-ui, sans-serif",
    labelFont: "12px system-ui, sans-serif",
    grid: { show: side === 3, stroke: () => token("--line"), width: 1 },
    ticks: { show: false },
    values: (_plot, splits) => splits.map(format),
  };
}

function options_of(texts: Texts, width: number, span_ms: number): uPlot.Options {
  const seconds = span_ms < 10 * 60_000;
  const clock = new Intl.DateTimeFormat(texts.locale, {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
  });
  return {
    width,
    height: height_px,
    ms: 1,
    padding: [12, 4, 0, 4],
    cursor: { points: { size: 8 }, drag: { x: true, y: false } },
    legend: {
      live: false,
      // As the lines are drawn: the two are told apart without their colours.
      markers: { dash: (_plot, series) => (series === 2 ? "dashed" : "solid") },
    },
    scales: {
      x: { time: true },
      power: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, 10)] },
      energy: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, 1)] },
    },
    series: [
      {
        label: texts.t("curve.time"),
        value: (_plot, at) => (at === null ? "–" : clock.format(at)),
      },
      {
        label: texts.t("curve.power"),
        scale: "power",
        stroke: () => token("--curve-power"),
        fill: () => token("--curve-fill"),
        width: 2,
        points: { show: false },
        value: (_plot, w) => (w === null ? "–" : texts.power(w * 1000)),
      },
      {
        label: texts.t("curve.energy"),
        scale: "energy",
        stroke: () => token("--curve-energy"),
        width: 2,
        dash: [6, 4],
        points: { show: false },
        value: (_plot, wh) => (wh === null ? "–" : texts.energy(wh * 1000)),
      },
    ],
    axes: [
      {
        stroke: () => token("--quiet"),
        font: "12px system-ui, sans-serif",
        grid: { show: false },
        ticks: { stroke: () => token("--line"), width: 1, size: 5 },
        space: seconds ? 76 : 56,
        values: (_plot, splits) => splits.map((at) => clock.format(at)),
      },
      { scale: "power", ...axis(`${texts.t("curve.power")} W`, (w) => texts.number(w), 3) },
      { scale: "energy", ...axis(`${texts.t("curve.energy")} Wh`, (wh) => short(texts, wh), 1) },
    ],
  };
}

const short = (texts: Texts, wh: number): string =>
  Number.isInteger(wh) ? texts.number(wh) : wh.toLocaleString(texts.locale, {});

function data_of(curve: Curve): uPlot.AlignedData {
  const points = points_to_end(curve);
  return [
    points.map((point) => point.at),
    points.map((point) => point.power_mw / 1000),
    points.map((point) => point.energy_mwh / 1000),
  ];
}

export function Plot({ curve }: { curve: Curve }) {
  const texts = useTexts();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);

  useEffect(() => {
    const target = place.current;
    if (!target) return undefined;
    const first = curve.points[0]?.at ?? 0;
    const span = (curve.points[curve.points.length - 1]?.at ?? 0) - first;
    const made = new uPlot(options_of(texts, target.clientWidth, span), data_of(curve), target);
    plot.current = made;
    const follow = new ResizeObserver(() =>
      made.setSize({ width: target.clientWidth, height: height_px }),
    );
    follow.observe(target);
    const theme = new MutationObserver(() => made.redraw(false));
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      follow.disconnect();
      theme.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [texts, curve]);

  const { session } = curve;
  const highest = Math.max(0, ...curve.points.map((point) => point.power_mw));
  const label = texts.t("curve.label", {
    place: texts.place(session.post, session.outlet),
    peak: texts.power(highest),
    energy: texts.energy(session.energy_mwh),
  });
  return (
    <figure class="plot">
      <div ref={place} role="img" aria-label={label} />
    </figure>
  );
}
