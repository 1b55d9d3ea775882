import { DIMENSIONS } from "../../domain/metrics/dimensions.ts";
import { FAMILIES, type Family, type Metric, type Unit } from "../../domain/metrics/metric.ts";
import { METRICS } from "../../domain/metrics/metrics.ts";
import { EXPLAINED_EXAMPLE, SCORE_EXAMPLES } from "../../domain/metrics/score-examples.ts";
import { SUBVIEWS } from "../../domain/metrics/subview.ts";
import { MONITORING_DIMENSIONS } from "../../domain/monitoring/dimensions.ts";
import { LIVE_METRICS, STARTUP_METRIC } from "../../domain/monitoring/live-metrics.ts";
import { STARTUP_BOUNDS_MS } from "../../domain/monitoring/startup-histogram.ts";
import { METRICS_PROSE } from "./metrics-prose.ts";
import { MONITORING_PROSE } from "./monitoring-prose.ts";

const FAMILY_TITLES: Readonly<Record<Family, string>> = {
  engagement: "Engagement",
  overall: "Overall",
  playback_success: "Playback success",
  startup_time: "Startup time",
  smoothness: "Smoothness",
  video_quality: "Video quality",
  ads: "Ads",
};

const UNIT_NAMES: Readonly<Record<Unit, string>> = {
  count: "count",
  milliseconds: "milliseconds",
  ratio: "ratio 0..1",
  score: "score 0..1",
  bits_per_second: "bit/s",
  per_minute: "events per minute",
};

/** docs/metrics.md: every metric and dimension as the code defines them. */
export function metricsPage(): string {
  return [
    METRICS_PROSE.head,
    "## Metrics",
    ...FAMILIES.flatMap((family) => [
      `### ${FAMILY_TITLES[family]}`,
      ...METRICS.filter((metric) => metric.family === family).map(metricText),
    ]),
    METRICS_PROSE.scores,
    exampleTable(),
    METRICS_PROSE.steps,
    stepTable(),
    METRICS_PROSE.dimensions,
    dimensionTable(),
    METRICS_PROSE.subviews,
    subviewTable(),
    METRICS_PROSE.monitoring,
    monitoringTable(),
    `Start-up times are also told as a histogram by the minute, with bounds ${STARTUP_BOUNDS_MS.join(", ")} ms and open above.`,
    `Live viewers can be told apart by ${MONITORING_DIMENSIONS.map((id) => `\`${id}\``).join(", ")}.`,
    METRICS_PROSE.checking,
    "",
  ].join("\n\n");
}

function metricText(metric: Metric): string {
  const { id, title, aliases, sentence, formula, chosen, better, timeBasis, filterable } = metric;
  const names = [id, ...aliases].map((name) => `\`${name}\``).join(", ");
  const direction = better === null ? "neither direction is better" : `${better} is better`;
  const lines = [
    `**${title}** (${names})  `,
    `${sentence}  `,
    `*Formula:* ${formula}${averageText(metric)}  `,
    ...(chosen === undefined ? [] : [`*Our choice:* ${chosen}  `]),
    `*Unit:* ${UNIT_NAMES[metric.unit]}; ${direction}; by \`${timeBasis}\`; ${measurementText(metric)}${filterable ? "" : "; no metric filter"}.`,
  ];
  return lines.join("\n");
}

/** A quotient's average is not the mean of its views: the reader has to be told. */
function averageText({ average }: Metric): string {
  return average.kind === "quotient" ? " The average is the quotient of the sums over all views." : "";
}

function measurementText({ measurements, defaultMeasurement }: Metric): string {
  return measurements.map((each) => (each === defaultMeasurement ? `**${each}**` : each)).join(", ");
}

const SCORE_NAMES: Readonly<Record<string, string>> = {
  playbackSuccessScore: "playback success",
  startupTimeScore: "startup time",
  smoothnessScore: "smoothness",
  videoQualityScore: "video quality",
  viewerExperienceScore: "viewer experience",
};

function exampleTable(): string {
  const rows = SCORE_EXAMPLES.map(({ view, score, value, published }) => [
    SCORE_NAMES[score] ?? score,
    view,
    value === null ? "none" : value.toFixed(3),
    published === null ? "" : (published / 100).toFixed(2),
  ]);
  return table(["score", "view", "value", "the reference's own example"], rows);
}

function stepTable(): string {
  const rows = EXPLAINED_EXAMPLE.map(({ name, how, score }) => [name, how, score === null ? "none" : score.toFixed(3)]);
  return table(["step", "how", "score"], rows);
}

function dimensionTable(): string {
  const rows = DIMENSIONS.map(({ id, title, type, level, groupable, viewField }) => [
    `\`${id}\``,
    title,
    type,
    level,
    groupable ? "yes" : "filter only",
    viewField === id ? "" : `\`${viewField}\``,
  ]);
  return table(["dimension", "title", "type", "level", "breaks down", "in a view's record"], rows);
}

function subviewTable(): string {
  const rows = Object.entries(SUBVIEWS).flatMap(([type, { attributes }]) =>
    attributes.map(({ id, title }) => [`\`${type}\``, `\`${id}\``, title]),
  );
  return table(["parts", "attribute", "title"], rows);
}

function monitoringTable(): string {
  const rows = [...LIVE_METRICS, STARTUP_METRIC].map(({ id, title, unit }) => [
    `\`${id}\``,
    title,
    MONITORING_PROSE[id] ?? "",
    UNIT_NAMES[unit],
  ]);
  return table(["metric", "title", "definition", "unit"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}
