import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { TOPICS } from "../../domain/messages/topics.ts";
import { createRandom } from "../../domain/simulation/random.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { openSegmentLog } from "../../platform/eventlog/segment-log.ts";
import { type Progress, runSimulation, type SimulationResult } from "../../scripts/simulate/run.ts";
import { type Comparison, compareWithTruth } from "../kill/compare.ts";
import { countFoldedRows, type FoldedRows } from "../kill/folded-rows.ts";
import { type EVENT_OUTCOMES, readProgress } from "../measure/fold-progress.ts";
import { freePortBase } from "../stack/processes.ts";
import type { SoakArguments } from "./arguments.ts";
import { compareStores, type TableComparison } from "./compare-stores.ts";
import { addCountingTable, countingErrors } from "./counting-table.ts";
import { type Disturbed, disturbAtRandom, planDisturbances } from "./disturbances.ts";
import type { Program } from "./program.ts";
import { copyBeacons } from "./read-log.ts";
import { programEnvironment, type SoakStack, startSoakStack, startStore, viewsOn } from "./soak-stack.ts";

const KEY = "soak000000000000000000000001";
/** Measured: what a viewer of the simulation sends. */
const EVENTS_PER_VIEWER_SECOND = 0.38;
/** Below what the collector takes on two cores beside the viewers themselves, so that kills and not load are tried. */
const EVENTS_PER_SECOND = 1_200;
const LEAST_MS = 90_000;
/** As many times what it should take; kills and recoveries take time too. */
const PATIENCE = 3;
const RAMP_MS = 30_000;
const SETTLE_MS = 240_000;
const STILL_SECONDS = 5;

export interface SoakResult {
  arguments: SoakArguments;
  simulated: Omit<SimulationResult, "truth" | "options">;
  /** What was really done to whom. */
  disturbed: Disturbed;
  /** Times a program ended by itself, with its last lines. */
  crashes: string[];
  comparison: Comparison;
  rows: FoldedRows;
  /** What became of the events of the log, by the programs' own count. */
  outcomes: Record<(typeof EVENT_OUTCOMES)[number], number>;
  /** Events in the log, counted apart. */
  logged: number;
  pending: number;
  replay: TableComparison[];
  /** What a consumer that increments has made of the same inserts. */
  counting: { views: number; events: number };
}

/** One soak: viewers, kills, and every comparison. Rejects when it cannot be carried out. */
export async function runSoak(given: SoakArguments, say: (line: string) => void): Promise<SoakResult> {
  say(`starting ${given.log === "kafka" ? "a broker, two edges, two views" : "one edge, one views"} and the databases`);
  const stack = await startSoakStack(given.log, KEY);
  try {
    await addCountingTable(stack.clickhouse);
    const { simulated, disturbed } = await sendAndKill(stack, given, say);
    say("everybody has left; waiting until all is folded");
    for (const edge of stack.edges) await edge.end("SIGTERM"); // no ticks any more: the log has an end
    const copy = await copyLog(stack, say);
    const { outcomes, pending } = await untilFolded(stack.views, copy.events);
    await untilStill(stack.clickhouse);
    for (const views of stack.views) await views.end("SIGTERM"); // stores the rest
    say("comparing the store with what was sent");
    const comparison = await compareWithTruth(stack.clickhouse, 1 as EnvironmentId, simulated.truth, true);
    const rows = await countFoldedRows(stack.clickhouse, outcomes.folded, true);
    const counting = await countingErrors(stack.clickhouse);
    say("reading the log into an empty store");
    const replay = await replayInto(stack, copy);
    const crashes = [...stack.edges, ...stack.views].flatMap((program) => program.crashes);
    const { truth: _truth, options: _options, ...sent } = simulated;
    const shared = { arguments: given, simulated: sent, disturbed, crashes };
    return { ...shared, comparison, rows, outcomes, logged: copy.events, pending, replay, counting };
  } finally {
    await stack.stop();
  }
}

async function sendAndKill(
  stack: SoakStack,
  given: SoakArguments,
  say: (line: string) => void,
): Promise<{ simulated: SimulationResult; disturbed: Disturbed }> {
  const spanMs = Math.max(LEAST_MS, (given.events / EVENTS_PER_SECOND) * 1_000);
  const viewers = Math.ceil(given.events / (spanMs / 1_000) / EVENTS_PER_VIEWER_SECOND);
  const { killed, paused } = stack;
  const pauses = paused.length === 0 ? 0 : given.pauses;
  say(`${viewers} viewers for about ${Math.round(spanMs / 1_000)} s, ${given.kills} kills among ${killed.join(", ")}`);
  if (pauses > 0) say(`and ${pauses} pauses among ${paused.join(", ")}`);
  const random = createRandom(given.seed).unit;
  const enough = new AbortController();
  let [sent, areKilled] = [0, false];
  const leaveWhenDone = (): void => {
    if (areKilled && sent >= given.events) enough.abort();
  };
  const plan = planDisturbances({ killed, kills: given.kills, paused, pauses, spanMs }, random);
  const disturbing = disturbAtRandom(plan, stack.disturb, say).then((disturbed) => {
    areKilled = true;
    leaveWhenDone();
    return disturbed;
  });
  disturbing.catch(() => enough.abort());
  const simulated = await runSimulation({
    collector: stack.collector,
    envKey: KEY,
    options: { viewers, durationMs: spanMs * PATIENCE, rampMs: Math.min(RAMP_MS, spanMs / 4), seed: given.seed },
    signal: enough.signal,
    onProgress: (progress) => {
      sent = progress.events;
      say(progressLine(progress));
      leaveWhenDone();
    },
    progressEveryMs: 5_000,
  });
  return { simulated, disturbed: await disturbing };
}

function progressLine({ elapsedMs, watching, requests, refused, unanswered, events }: Progress): string {
  const failed = refused + unanswered;
  return `${Math.round(elapsedMs / 1_000)} s: ${watching} watching, ${events} events in ${requests} requests, ${failed} sent again`;
}

interface Copy {
  directory: string;
  records: number;
  events: number;
}

async function copyLog(stack: SoakStack, say: (line: string) => void): Promise<Copy> {
  const directory = join(stack.folder, "copied-eventlog");
  await mkdir(directory, { recursive: true });
  const from = stack.openLog();
  const to = openSegmentLog({ directory, topics: TOPICS, retentionMs: 1e12, now: Date.now });
  try {
    const copied = await copyBeacons(from, await to.openWriter("beacons"));
    say(`the log has ${copied.events} events in ${copied.records} records`);
    return { directory, ...copied };
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}

/** Waits until the programs have folded as many events as the log has, and have nothing left to read. */
async function untilFolded(views: readonly Program[], events: number) {
  const deadlineMs = performance.now() + SETTLE_MS;
  for (;;) {
    const progress = await readProgress(views.map((program) => program.internalPort));
    const isDone = progress.outcomes.received >= events && progress.pending === 0;
    if (isDone || performance.now() > deadlineMs) return progress;
    await sleep(500);
  }
}

/** Waits until no more rows come: what is folded is stored a moment later, or as fast as the store takes it. */
async function untilStill(clickhouse: ClickHouse): Promise<void> {
  const row = z.object({ rows: z.string() });
  const sql = "SELECT toString(sum(total_rows)) AS rows FROM system.tables WHERE database = currentDatabase()";
  for (let [before, still] = ["", 0]; still < STILL_SECONDS; ) {
    const [now] = await clickhouse.query(sql, {}, row);
    still = now?.rows === before ? still + 1 : 0;
    before = now?.rows ?? "";
    await sleep(1_000);
  }
}

/** The real program reads the copied log from its beginning into a store with nothing in it. */
async function replayInto(stack: SoakStack, copy: Copy): Promise<TableComparison[]> {
  const store = await startStore(join(stack.folder, "replayed-clickhouse"));
  try {
    const environment = { ...programEnvironment(store.url), EVENTLOG_DIR: copy.directory };
    const views = viewsOn(await freePortBase(), environment);
    views.spawn();
    await untilAnswers(views);
    await untilFolded([views], copy.events);
    await untilStill(store.clickhouse);
    await views.end("SIGTERM");
    return await compareStores(stack.clickhouse, store.clickhouse);
  } finally {
    await store.stop();
  }
}

/** Never ready, since its log has ended long ago: its metrics are all that is needed. */
async function untilAnswers({ internalPort }: Program): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${internalPort}/metrics`).catch(() => null);
    if (answer?.ok === true && (await answer.text()).includes("playhead_views_events")) return;
    await sleep(100);
  }
  throw new Error("the replaying program does not answer");
}
