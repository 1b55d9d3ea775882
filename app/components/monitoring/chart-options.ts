import uPlot from "uplot";
import { formatCompactCount } from "../../../domain/format/format-count.ts";
import { axisMarks } from "../../../domain/monitoring/chart-columns.ts";
import { type ChartColors, faded } from "./chart-colors.ts";
import { clock } from "./clock.ts";

/** Share of the height, from the bottom, that belongs to rebuffering; viewers stand above it. */
const LANE = 0.22;
const GAP = 0.05;
const MARKS = 3;
/** The lane's top is at least this, so that a calm evening looks calm. */
const LEAST_PERCENT = 5;
const MINUTE_STEPS_SECONDS = [300, 600];
const NARROW_PX = 520;

export interface ChartSource {
  colors: () => ChartColors;
  /** Right end of the time axis (Unix seconds); the left lies half an hour before. */
  edgeSeconds: () => number;
  windowSeconds: number;
  /** Newest counted moment (Unix seconds); what lies after it is unknown. */
  asOfSeconds: () => number;
  onCursor: (index: number | null) => void;
}

/** uPlot's options: two scales that share one height, so that one cursor reads both. */
export function chartOptions(source: ChartSource, size: { width: number; height: number }): uPlot.Options {
  const { colors } = source;
  const steps = uPlot.paths.stepped?.({ align: -1 }); // a ratio holds for the 5 s before its point
  return {
    ...size,
    padding: [10, 0, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 7, width: 0 }, y: false },
    scales: {
      x: { time: true, range: () => [source.edgeSeconds() - source.windowSeconds, source.edgeSeconds()] },
      viewers: { range: (_, __, highest) => above(top(highest)) },
      rebuffering: { range: (_, __, highest) => [0, Math.max(LEAST_PERCENT, top(highest)) / LANE] },
    },
    series: [
      {},
      { ...line(colors), scale: "viewers", fill: fade(colors, 0.24), points: { show: false } },
      { ...line(colors), scale: "viewers", dash: [3, 3], fill: fade(colors, 0.1), points: { show: false } },
      {
        scale: "rebuffering",
        width: 0,
        fill: () => faded(colors().rebuffering, 0.75),
        points: { show: false },
        ...(steps === undefined ? {} : { paths: steps }),
      },
    ],
    axes: [timeAxis(colors), viewersAxis(colors), rebufferingAxis(colors)],
    hooks: {
      drawClear: [(chart) => drawUnknown(chart, source)],
      setCursor: [(chart) => source.onCursor(chart.cursor.idx ?? null)],
    },
  };
}

/** uPlot passes null where a scale has no value yet. */
function top(highest: number | null): number {
  return axisMarks(Math.max(1, highest ?? 0), MARKS).at(-1) ?? 1;
}

/** [below zero, top]: as much below as the lane and the gap take. */
function above(highest: number): [number, number] {
  const share = LANE + GAP;
  return [(-highest * share) / (1 - share), highest * 1.02];
}

function line(colors: () => ChartColors): uPlot.Series {
  return { stroke: () => colors().viewers, width: 1.75 };
}

function fade(colors: () => ChartColors, opacity: number): uPlot.Series.Fill {
  return (chart) => {
    const zeroPx = chart.valToPos(0, "viewers", true);
    const gradient = chart.ctx.createLinearGradient(0, chart.bbox.top, 0, zeroPx);
    gradient.addColorStop(0, faded(colors().viewers, opacity));
    gradient.addColorStop(1, faded(colors().viewers, 0.02));
    return gradient;
  };
}

function timeAxis(colors: () => ChartColors): uPlot.Axis {
  return {
    stroke: () => colors().ink,
    font: colors().font,
    size: 26,
    gap: 8,
    grid: { show: false },
    ticks: { stroke: () => colors().line, width: 1, size: 5 },
    splits: (chart, _, from, to) => {
      const step = MINUTE_STEPS_SECONDS[chart.width < NARROW_PX ? 1 : 0] ?? 300;
      const first = Math.ceil(from / step) * step;
      return Array.from({ length: Math.floor((to - first) / step) + 1 }, (__, index) => first + index * step);
    },
    values: (_, seconds) => seconds.map((second) => clock.minute(second * 1_000)),
  };
}

function viewersAxis(colors: () => ChartColors): uPlot.Axis {
  return {
    scale: "viewers",
    stroke: () => colors().ink,
    font: colors().font,
    size: 44,
    gap: 8,
    grid: { stroke: () => colors().line, width: 1 },
    ticks: { show: false },
    splits: (_, __, ___, to) => axisMarks(to / 1.02, MARKS),
    values: (_, marks) => marks.map((mark) => formatCompactCount(mark)),
  };
}

function rebufferingAxis(colors: () => ChartColors): uPlot.Axis {
  return {
    scale: "rebuffering",
    side: 1,
    stroke: () => colors().ink,
    font: colors().font,
    size: 40,
    gap: 8,
    grid: {
      stroke: () => colors().line,
      width: 1,
      filter: (_, marks) => marks.map((mark) => (mark === 0 ? mark : null)),
    },
    ticks: { show: false },
    splits: (_, __, ___, to) => [0, to * LANE],
    values: (_, marks) => marks.map((mark) => `${Math.round(mark)}%`),
  };
}

/** Hatches the time after the newest counted moment: while numbers stand still it grows, and is visibly not zero. */
function drawUnknown(chart: uPlot, source: ChartSource): void {
  const { ctx, bbox } = chart;
  const fromPx = chart.valToPos(source.asOfSeconds(), "x", true);
  const widthPx = bbox.left + bbox.width - fromPx;
  if (widthPx < 3) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(fromPx, bbox.top, widthPx, bbox.height);
  ctx.clip();
  ctx.strokeStyle = source.colors().line;
  ctx.lineWidth = devicePixelRatio;
  const stepPx = 7 * devicePixelRatio;
  ctx.beginPath();
  for (let xPx = fromPx - bbox.height; xPx < fromPx + widthPx; xPx += stepPx) {
    ctx.moveTo(xPx, bbox.top + bbox.height);
    ctx.lineTo(xPx + bbox.height, bbox.top);
  }
  ctx.stroke();
  ctx.restore();
}
