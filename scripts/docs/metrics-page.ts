import { DIMENSIONS } from "../../domain/metrics/dimensions.ts";
import { FAMILIES, type Family, type Metric, type Unit } from "../../domain/metrics/metric.ts";
import { METRICS } from "../../domain/metrics/metrics.ts";
import { EXPLAINED_EXAMPLE, SCORE_EXAMPLES } from "../../domain/metrics/score-examples.ts";
import { SUBVIEWS } from "../../domain/metrics/subview.ts";
import { MONITORING_DIMENSIONS } from "../../domain/monitoring/dimensions.ts";
import { LIVE_METRICS, STARTUP_METRIC } from "../../domain/monitoring/live-metrics.ts";
import { STARTUP_BOUNDS_MS } from "../../domain/monitoring/startup-histogram.ts";
import { RECORD_COLUMNS } from "../../domain/view/record-columns.ts";
import { METRICS_PROSE } from "./metrics-prose.ts";
import { MONITORING_PROSE } from "./monitoring-prose.ts";
import { withContents } from "./with-contents.ts";

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
  ratio: "ratio, 1 is all (upscaling has no upper bound)",
  score: "score 0..1",
  bits_per_second: "bit/s",
  per_minute: "events per minute",
};

/** docs/metrics.md: every metric and dimension as the code defines them. */
export function metricsPage(): string {
  const page = [
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
  return withContents(page);
}

function metricText(metric: Metric): string {
  const { id, title, aliases, sentence, formula, chosen, better, timeBasis, filterable } = metric;
  const names = [id, ...aliases].map((name) => `\`${name}\``).join(", ");
  const direction = better === null ? "neither direction is better" : `${better} is better`;
  const lines = [
    `**${title}** (${names})  `,
    `${sentence}  `,
    `*Formula:* ${formula}  `,
    `*Of a view:* ${perViewText(metric)}  `,
    ...(chosen === undefined ? [] : [`*Our choice:* ${chosen}  `]),
    `*Unit:* ${UNIT_NAMES[metric.unit]}; ${direction}; by \`${timeBasis}\`; ${measurementText(metric)}${filterable ? "" : "; no metric filter"}.`,
  ];
  return lines.join("\n");
}

/** Where the value lies in the view's row; and how the average is made where it is not the mean of these. */
function perViewText({ perViewSql, average }: Metric): string {
  if (average.kind === "distinct") return `\`${average.keySql}\`; of equal ones one is counted.`;
  if (average.kind === "mean") return `\`${perViewSql}\`.`;
  const { part, whole, factor } = average;
  const times = factor === 1 ? "" : ` * ${factor}`;
  const quotientSql = `sum(${RECORD_COLUMNS[part].name}) / sum(${RECORD_COLUMNS[whole].name})${times}`;
  return `\`${perViewSql}\`. The average is \`${quotientSql}\` over the views that have a value.`;
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
  const rows = DIMENSIONS.map(({ id, title, type, level, groupable, key, viewField }) => [
    `\`${id}\``,
    title,
    type,
    level,
    groupable ? "yes" : "filter only",
    unlike(id, RECORD_COLUMNS[key].name),
    unlike(id, viewField),
  ]);
  return table(["dimension", "title", "type", "level", "breaks down", "column, if other", "in a view's record"], rows);
}

/** Nothing where the name is the one that the reader just read. */
function unlike(id: string, name: string): string {
  return name === id ? "" : `\`${name}\``;
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
