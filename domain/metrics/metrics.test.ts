import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DIMENSIONS, type Dimension, dimensionById } from "./dimensions.ts";
import type { Metric, Unit } from "./metric.ts";
import { METRICS, metricById } from "./metrics.ts";
import { SUBVIEWS } from "./subview.ts";

interface KnownMetric {
  id: string;
  title: string;
  unit: string;
  measurements: string[];
  default_measurement: string;
  higher_is_better: boolean | null;
  group: string;
  time_basis: string;
  aliases: string[];
  note?: string;
}

interface KnownDimension {
  id: string;
  title: string;
  type: string;
  level: "basic" | "adv";
  view_field: string;
  groupable: boolean;
}

const known = JSON.parse(readFileSync(new URL("../../fixtures/wire/data-metrics.json", import.meta.url), "utf8")) as {
  metrics: KnownMetric[];
  dimensions: KnownDimension[];
  subview: { types: string[]; rendition_attributes: string[] };
};

/** First words of the reference's units. */
const UNITS: readonly (readonly [string, Unit])[] = [
  ["count", "count"],
  ["milliseconds", "milliseconds"],
  ["fraction", "ratio"],
  ["score", "score"],
  ["bits per second", "bits_per_second"],
  ["events per minute", "per_minute"],
];

function asMetric(metric: KnownMetric): Partial<Metric> {
  const unit = UNITS.find(([words]) => metric.unit.startsWith(words))?.[1];
  const better = metric.higher_is_better === null ? null : metric.higher_is_better ? "higher" : "lower";
  const { id, title, aliases, measurements, default_measurement, group, time_basis, note = "" } = metric;
  const filterable = !note.includes("Not usable in metric_filters");
  return {
    ...{ id, title, aliases, better, filterable },
    ...(unit === undefined ? {} : { unit }),
    measurements: measurements as Metric["measurements"],
    defaultMeasurement: default_measurement as Metric["defaultMeasurement"],
    family: group as Metric["family"],
    timeBasis: time_basis as Metric["timeBasis"],
  };
}

/** What we have beside it. */
const OURS = ["completion_percentage"];
const OUR_MEASUREMENTS: Readonly<Record<string, Metric["measurements"]>> = {
  watch_time: ["sum", "avg", "median", "95th"],
};

describe("METRICS", () => {
  it("are those of the reference, with its ids, units, measurements, times and directions, and a few of ours", () => {
    expect(known.metrics).toHaveLength(55);
    for (const metric of known.metrics) {
      const ours = OUR_MEASUREMENTS[metric.id];
      const expected = asMetric(metric);
      expect(metricById(metric.id)).toMatchObject(ours === undefined ? expected : { ...expected, measurements: ours });
    }
    expect(METRICS.map(({ id }) => id).sort()).toEqual([...known.metrics.map(({ id }) => id), ...OURS].sort());
  });

  it.each([
    ["smoothness_score", "rebuffer_score"],
    ["content_startup_time", "view_content_startup_time"],
    ["player_average_live_latency", "live_stream_latency"],
    ["view_average_request_latency", "request_latency"],
    ["view_average_request_throughput", "request_throughput"],
    ["view_max_request_latency", "max_request_latency"],
    ["started_views", "views"],
  ])("answer to %s as to %s", (alias, id) => {
    expect(metricById(alias)?.id).toBe(id);
  });

  it("know no other name", () => {
    expect(metricById("constructor")).toBeNull();
  });

  it("have a default among their measurements, and an id or alias for one metric only", () => {
    for (const { measurements, defaultMeasurement } of METRICS) expect(measurements).toContain(defaultMeasurement);
    const names = METRICS.flatMap(({ id, aliases }) => [id, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("DIMENSIONS", () => {
  it("are those of the reference; titles leave its maker's name out", () => {
    const expected = known.dimensions.map(
      ({ id, title, type, level, view_field, groupable }): Omit<Dimension, "key"> => {
        const plainTitle = title.replace("Mux ", "").replace(" (display name configurable)", "");
        return {
          ...{ id, title: plainTitle, groupable, viewField: view_field },
          type: type as Dimension["type"],
          level: level === "adv" ? "advanced" : "basic",
        };
      },
    );
    expect(expected).toHaveLength(116);
    expect(DIMENSIONS.map(({ key: _, ...rest }) => rest)).toEqual(expected);
  });

  it("know no other name", () => {
    expect(dimensionById("toString")).toBeNull();
  });
});

describe("SUBVIEWS", () => {
  it("are those of the reference", () => {
    expect(Object.keys(SUBVIEWS)).toEqual(known.subview.types);
    expect(SUBVIEWS.rendition.attributes.map(({ id }) => id)).toEqual(known.subview.rendition_attributes);
  });
});
