import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { internalPort } from "../../domain/ports.ts";
import { MARKED } from "../latency/mark.ts";
import type { Stack } from "../stack/stack.ts";
import type { GeneratorResult } from "./order.ts";

const SETTLE_MS = 120_000;
/** Of a marked view: two at its start, one at its end. */
const EVENTS_PER_MARK = 3;

/** Sentences about whatever the store tells otherwise than the generator knows; none when all is as it should be. */
export async function verify(stack: Stack, truth: GeneratorResult, marks: number): Promise<string[]> {
  const events = truth.events + marks * EVENTS_PER_MARK;
  await untilRead(stack, events + truth.repeatedEvents);
  const metrics = await metricsOf(stack);
  const [stored] = await stack.clickhouse.query(
    `SELECT (SELECT toFloat64(count()) FROM events FINAL) AS events, (SELECT toFloat64(count()) FROM views FINAL) AS views`,
    {},
    z.object({ events: z.number(), views: z.number() }),
  );
  return [
    ...differs("events stored", stored?.events, events),
    ...differs("views stored", stored?.views, truth.views + marks),
    ...differs("events folded", metrics("playhead_views_events", 'outcome="folded"'), events),
    ...differs("events unaccounted for", metrics("playhead_conservation_difference"), 0),
    ...differs("requests lost", truth.lost, 0),
    ...(await verifyConcurrent(stack, truth)),
  ];
}

async function verifyConcurrent(stack: Stack, { concurrent }: GeneratorResult): Promise<string[]> {
  const rows = await stack.clickhouse.query(
    `SELECT toFloat64(toUnixTimestamp(bucket)) * 1000 AS bucketMs, toFloat64(sum(concurrent)) AS viewers
     FROM monitoring FINAL WHERE sub_property_id_key != cityHash64({marked: String}) GROUP BY bucket`,
    { marked: MARKED },
    z.object({ bucketMs: z.number(), viewers: z.number() }),
  );
  const stored = new Map(rows.map(({ bucketMs, viewers }) => [bucketMs, viewers]));
  return concurrent.flatMap(({ bucketMs, least, most }) => {
    const viewers = stored.get(bucketMs) ?? 0;
    if (viewers >= least && viewers <= most) return [];
    return [`${viewers} viewers at ${new Date(bucketMs).toISOString().slice(11, 19)}, truly ${least} to ${most}`];
  });
}

function differs(what: string, is: number | undefined, truly: number): string[] {
  return is === truly ? [] : [`${what}: ${is}, truly ${truly}`];
}

/** Until the fold has read all events, and some rounds more for them to be stored. */
async function untilRead(stack: Stack, events: number): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_MS;
  while (performance.now() < deadlineMs) {
    const metrics = await metricsOf(stack);
    if (metrics("playhead_views_events", 'outcome="received"') >= events) break;
    await sleep(500);
  }
  await sleep(5_000);
}

/** A metric's value by its name and, where it has several, the label that tells it. */
async function metricsOf(stack: Stack): Promise<(name: string, label?: string) => number> {
  const answer = await fetch(`http://127.0.0.1:${internalPort(stack.ports.socket)}/metrics`);
  const lines = (await answer.text()).split("\n");
  return (name, label = "") => {
    const line = lines.find(
      (text) => text.startsWith(name) && text.includes(label) && /[ {]/.test(text[name.length] ?? ""),
    );
    return Number(line?.slice(line.lastIndexOf(" ") + 1) ?? Number.NaN);
  };
}
