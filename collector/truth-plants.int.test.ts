import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { EnvironmentId } from "../domain/identifiers.ts";
import type { BeaconRecord } from "../domain/messages/beacon-record.ts";
import type { Metric } from "../domain/metrics/metric.ts";
import { metricById } from "../domain/metrics/metrics.ts";
import type { Scope } from "../domain/metrics/scope.ts";
import { randomLog } from "../domain/truth/testing/random-log.ts";
import { startTestClickHouse, type TestClickHouse } from "../platform/clickhouse/testing.ts";
import type { Sink } from "./sink/sink.ts";
import { type Ask, compareAnswers, type Difference } from "./testing/truth/compare.ts";
import { fastAnswers } from "./testing/truth/fast-answers.ts";
import * as plants from "./testing/truth/plants.ts";
import { createTables, type KnownView, storeRecords, trueViews } from "./testing/truth/stored-world.ts";

/** Midnight is in the midst of it. */
const START_MS = Date.UTC(2026, 9, 30, 23, 59, 15);
const MIDNIGHT_MS = Date.UTC(2026, 9, 31);
const SOUND = 1 as EnvironmentId;

// a machine that does other things beside needs several times as long, which is no mistake
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let clickhouse: TestClickHouse;
let sink: Sink;
let records: BeaconRecord[];
let truth: KnownView[];
let environments = Number(SOUND);

beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  sink = await createTables(clickhouse.client);
  await clickhouse.client.command("SYSTEM STOP MERGES views"); // old versions of views stay
  records = randomLog({ seed: 4, viewers: 190, startMs: START_MS, durationMs: 90_000 });
  records = records.map((record) => ({ ...record, environmentId: SOUND }));
  await storeRecords(sink, records, "views");
  truth = trueViews(records);
});

afterAll(async () => {
  await clickhouse.stop();
});

const metric = (id: string) => metricById(id) as Metric;

function scopeOf(environmentId: EnvironmentId, more: Partial<Scope> = {}): Scope {
  const [fromMs, toMs] = [START_MS - 2 * 86_400_000, START_MS + 2 * 86_400_000];
  const none = { filters: [], metricFilters: [], weighted: false, includeBots: false };
  return { environmentId, fromMs, toMs, ...none, ...more };
}

/** What the comparison finds for these metrics, where the fast side answers by `ask` about `scope`. */
function find(ids: readonly string[], scope: Scope, ask: Ask): Promise<Difference[]> {
  return compareAnswers(ask, truth, scope, { metrics: ids.map(metric) });
}

const honest: Ask = (scope, asked) => fastAnswers(clickhouse.client, scope, asked);

/** Each id stands at the head of at least one difference: no metric hides behind another. */
function noticed(ids: readonly string[], differences: readonly Difference[]): string[] {
  return ids.filter((id) => differences.some(({ what }) => what === id || what.startsWith(`${id} `)));
}

describe("a fold that", () => {
  const MISTAKES: readonly [name: string, plant: plants.Plant, ids: readonly string[]][] = [
    ["takes warnings for fatal", plants.blind("player_error_severity"), ["playback_failure_percentage", "watch_time"]],
    [
      "takes refusals for failures",
      plants.blind("player_error_business_exception"),
      ["playback_failure_percentage", "playback_business_exception_percentage", "playback_success_score"],
    ],
    [
      "goes by the player where the environment has a category",
      plants.forgetsCategories,
      [
        ...["playback_failure_percentage", "playback_business_exception_percentage", "playback_success_score"],
        "watch_time",
      ],
    ],
    ["watches through pauses", plants.deaf("pause"), ["watch_time", "playing_time", "video_startup_time"]],
    ["counts repeats", plants.countsRepeats, ["rebuffer_count", "ad_attempt_count", "rendition_change_count"]],
    [
      "takes the order of arrival",
      plants.trustsArrival,
      ["watch_time", "rebuffer_duration", "weighted_average_bitrate"],
    ],
    ["counts stalls in seeks", plants.stallsBeforeSeeks, ["rebuffer_count", "rebuffer_percentage", "seek_latency"]],
    ["believes clocks", plants.trustsClocks, ["views", "live_stream_latency"]],
    ["lets late events count", plants.takesLate, ["watch_time", "viewer_experience_score"]],
    ["takes a resumed ad for another", plants.deaf("adpause"), ["ad_attempt_count", "ad_error_percentage"]],
    ["does not hear the end", plants.deaf("viewend"), ["view_dropped_percentage"]],
    [
      "does not know of breaks",
      plants.deaf("adbreakstart", "adbreakend"),
      ["view_content_startup_time", "ad_break_count"],
    ],
    ["sleeps with open eyes", plants.deaf("devicesleep"), ["watch_time", "playing_time"]],
    ["trusts the player's request counters", plants.blind("request_start"), ["request_latency", "max_request_latency"]],
    ["does not hear what was played", plants.blind("video_playback_range"), ["completion_percentage"]],
    ["does not tell ad errors from nothing", plants.deaf("aderror"), ["ad_error_count", "ad_startup_error_percentage"]],
  ];

  it.each(MISTAKES)("%s is found out", async (_, plant, ids) => {
    environments += 1;
    const environmentId = environments as EnvironmentId;
    const seen = plant(records).map((record) => ({ ...record, environmentId }));
    await storeRecords(sink, seen, "views");

    expect(await find(ids, scopeOf(SOUND), honest)).toEqual([]);
    expect(noticed(ids, await find(ids, scopeOf(environmentId), honest))).toEqual(ids);
  });
});

describe("a question that", () => {
  /** The same metric with something wrong in it. */
  const wrong =
    (changes: Partial<Metric>): Ask =>
    (scope, asked) => {
      const spoilt = asked.map(({ metric, measurement }) => ({ metric: { ...metric, ...changes }, measurement }));
      return fastAnswers(clickhouse.client, scope, spoilt);
    };
  const rewritten =
    (from: string, to: string): Ask =>
    (scope, asked) =>
      fastAnswers(clickhouse.client, scope, asked, (sql) => sql.replaceAll(from, to));
  const cut = { toMs: MIDNIGHT_MS };

  const MISTAKES: readonly [name: string, id: string, ask: Ask, scope?: Partial<Scope>][] = [
    ["merges viewers without a name", "unique_viewers", wrong({ perViewSql: "1" })],
    ["averages shares without their weight", "rebuffer_percentage", wrong({ average: { kind: "mean" } })],
    [
      "weighs what is not to be weighed",
      "upscale_percentage",
      wrong({ average: { kind: "quotient", part: "totalUpscaling", whole: "contentPlaybackMs", factor: 1 } }),
    ],
    ["is one rank off", "video_startup_time", rewritten("ExactInclusive", "Exact")],
    ["goes by the end where the start counts", "views", wrong({ timeBasis: "view_end" }), cut],
    ["goes by the start where the end counts", "rebuffer_count", wrong({ timeBasis: "view_start" }), cut],
    [
      "calls no exit what was left within a second",
      "exits_before_video_start",
      wrong({ perViewSql: "exit_before_video_start = 1 AND watch_ms >= 1000" }),
    ],
    ["scores milliseconds for seconds", "startup_time_score", wrong({ perViewSql: "8 / (8 + startup_ms)" })],
    [
      "forgets the time that each bitrate played",
      "weighted_average_bitrate",
      wrong({ perViewSql: "if(empty(renditions), NULL, arrayAvg(arrayFilter(b -> b > 0, renditions.bitrate)))" }),
    ],
    ["takes a switch down for one up", "rendition_upshift_count", wrong({ perViewSql: "rendition_downshift_count" })],
    [
      "counts what was played twice as twice",
      "completion_percentage",
      wrong({
        perViewSql: metric("completion_percentage").perViewSql.replace(
          "arrayReduce('intervalLengthSum', ",
          "arraySum((one, other) -> toInt64(other) - toInt64(one), ",
        ),
      }),
    ],
    ["counts crawlers", "views", rewritten(" AND bot = 0", "")],
    ["counts what nobody wanted", "ended_views", rewritten("counted = 1", "1")],
    [
      "forgets the sample rate",
      "playing_time",
      (scope, asked) => honest({ ...scope, weighted: false }, asked),
      { weighted: true },
    ],
    ["reads old versions of views", "watch_time", rewritten(" FINAL", "")],
    [
      "divides by all views where some hold no value",
      "request_latency",
      wrong({ perViewSql: "ifNull(request_latency_ms, 0)" }),
    ],
  ];

  it.each(MISTAKES)("%s is found out", async (_, id, ask, more = {}) => {
    expect(await find([id], scopeOf(SOUND, more), honest)).toEqual([]);
    expect(noticed([id], await find([id], scopeOf(SOUND, more), ask))).toEqual([id]);
  });
});
