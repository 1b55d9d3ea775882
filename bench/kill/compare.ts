import { z } from "zod";
import type { ViewTruth } from "../../domain/simulation/view-truth.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";

/** What is wrong between what a simulation knows and what the store holds; all zero when nothing is. */
export interface Differences {
  /** Acknowledged (view, sequence) pairs that are not stored. */
  lost: number;
  /** Stored rows beyond one per pair, those that came after their view was final among them. */
  doubled: number;
  /** Stored pairs that nobody sent. */
  invented: number;
  /** Views that ended, everything acknowledged, without their row, or with more than one. */
  viewRows: number;
  /** Views whose figures differ from the truth by more than the tolerance. */
  figures: number;
  /** A few of them in words. */
  examples: string[];
}

export interface Comparison extends Differences {
  acknowledged: number;
  stored: number;
  views: number;
  /** Views whose row could be compared: everything acknowledged, begun and ended. */
  judged: number;
}

const TOLERANCE_MS = 60;

const EventRow = z.object({ view_id: z.string(), sequence: z.number(), copies: z.number(), late: z.number() });
const ViewRow = z.object({
  view_id: z.string(),
  copies: z.number(),
  event_count: z.number(),
  watch_ms: z.number(),
  rebuffer_ms: z.number(),
  rebuffer_count: z.number(),
  startup_ms: z.number().nullable(),
});

/**
 * Compares the store's events and views of one environment with the truth of the simulation that filled it. Rows of one
 * key in two partitions stay two, as in every query of the product.
 *
 * @param keyed the tables replace by key, as the product's do
 */
export async function compareWithTruth(
  clickhouse: ClickHouse,
  environmentId: number,
  truth: readonly ViewTruth[],
  keyed: boolean,
): Promise<Comparison> {
  const final = keyed ? "FINAL" : ""; // tables without keys that replace have no such thing
  const settings = { max_result_rows: 0, do_not_merge_across_partitions_select_final: 1 };
  // `late` is part of the key: an event under both its values is there twice. Nobody in a simulation waits so long that
  // a repeat could rightly come after the view was final.
  const events = await clickhouse.query(
    `SELECT view_id, sequence, toUInt32(count()) AS copies, toUInt32(sum(e.late)) AS late
     FROM events AS e ${final} WHERE environment_id = {environmentId: UInt32} GROUP BY view_id, sequence`,
    { environmentId },
    EventRow,
    { settings },
  );
  const views = await clickhouse.query(
    `SELECT view_id, toUInt32(count()) AS copies, max(event_count) AS event_count, toFloat64(max(watch_ms)) AS watch_ms,
            toFloat64(max(rebuffer_ms)) AS rebuffer_ms, max(rebuffer_count) AS rebuffer_count, max(startup_ms) AS startup_ms
     FROM (SELECT * FROM views ${final} WHERE environment_id = {environmentId: UInt32}) GROUP BY view_id`,
    { environmentId },
    ViewRow,
    { settings },
  );
  const result: Comparison = { ...compareEvents(events, truth), viewRows: 0, figures: 0, judged: 0 };
  const stored = new Map(views.map((row) => [row.view_id, row]));
  for (const view of truth) compareView(view, stored.get(view.viewId), result);
  return result;
}

function compareEvents(
  rows: readonly z.output<typeof EventRow>[],
  truth: readonly ViewTruth[],
): Omit<Comparison, "viewRows" | "figures" | "judged"> {
  const stored = new Map(rows.map((row) => [`${row.view_id}/${row.sequence}`, row]));
  const sent = new Set(truth.flatMap((view) => view.sent.map((sequence) => `${view.viewId}/${sequence}`)));
  const acknowledged = truth.flatMap((view) => view.acknowledged.map((sequence) => `${view.viewId}/${sequence}`));
  const lost = acknowledged.filter((pair) => !stored.has(pair));
  const invented = [...stored.keys()].filter((pair) => !sent.has(pair));
  const doubled = [...stored].filter(([, { copies }]) => copies > 1);
  return {
    acknowledged: acknowledged.length,
    stored: stored.size,
    views: truth.length,
    lost: lost.length,
    doubled: doubled.reduce((sum, [, { copies }]) => sum + copies - 1, 0),
    invented: invented.length,
    examples: [
      ...lost.slice(0, 3).map((pair) => `lost ${pair}`),
      ...doubled.slice(0, 3).map(([pair, { copies, late }]) => `${copies} rows of ${pair}, ${late} of them late`),
      ...invented.slice(0, 3).map((pair) => `invented ${pair}`),
    ],
  };
}

/** Only views all of whose events were acknowledged can be judged: of others the store may know less or more. */
function compareView(view: ViewTruth, row: z.output<typeof ViewRow> | undefined, result: Comparison): void {
  const whole = view.emitted > 0 && view.acknowledged.length === view.emitted && view.sent.length === view.emitted;
  if (!whole || view.endedAtMs === null || view.intentAtMs === null) return;
  result.judged += 1;
  const say = (text: string) => {
    if (result.examples.length < 12) result.examples.push(`view ${view.viewId}: ${text}`);
  };
  if (row === undefined || row.copies !== 1 || row.event_count !== view.emitted) {
    result.viewRows += 1;
    say(row === undefined ? "no row" : `${row.copies} rows, ${row.event_count} events for ${view.emitted}`);
    return;
  }
  const near = (ours: number | null, real: number | null) => Math.abs((ours ?? -1e9) - (real ?? -1e9)) <= TOLERANCE_MS;
  const right =
    near(row.startup_ms, view.startupMs) &&
    near(row.watch_ms, view.watchMs) &&
    near(row.rebuffer_ms, view.rebufferMs) &&
    row.rebuffer_count === view.rebufferCount;
  if (right) return;
  result.figures += 1;
  const { startup_ms, watch_ms, rebuffer_ms, rebuffer_count } = row;
  const real = { startup: view.startupMs, watch: view.watchMs, rebuffer: view.rebufferMs, count: view.rebufferCount };
  say(`${JSON.stringify({ startup_ms, watch_ms, rebuffer_ms, rebuffer_count })} for ${JSON.stringify(real)}`);
}
