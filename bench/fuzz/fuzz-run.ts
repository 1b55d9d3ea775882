import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { internalPort } from "../../domain/ports.ts";
import { createRandom, deriveSeed } from "../../domain/simulation/random.ts";
import { runSimulation } from "../../scripts/simulate/run.ts";
import { type Comparison, compareWithTruth } from "../kill/compare.ts";
import { complaintsOfComparison } from "../kill/complaints.ts";
import { countFoldedRows, type FoldedRows } from "../kill/folded-rows.ts";
import { readProgress } from "../measure/fold-progress.ts";
import { readMetrics } from "../measure/read-metrics.ts";
import { untilCaughtUp } from "../stack/caught-up.ts";
import { type Stack, startStack } from "../stack/stack.ts";
import { type FuzzedRequest, fuzzedRequest, type Prey } from "./fuzzed-request.ts";
import { recordedBeacons } from "./recorded-beacons.ts";
import { type FuzzAnswer, sendFuzzed } from "./send-fuzzed.ts";

export interface FuzzRun {
  count: number;
  seed: number;
  viewers: number;
  onProgress?: (line: string) => void;
}

export interface FuzzResult {
  /** Requests by what became of them. */
  answers: Map<FuzzAnswer, number>;
  kinds: Map<string, number>;
  /** Answers that are none of 200 and, over the limit, a closed connection; with what was sent. */
  wrong: string[];
  /** The other environment, whose viewers watched meanwhile. */
  control: Comparison & { failedRequests: number; complaints: string[] };
  /** Of both environments together. */
  rows: FoldedRows;
  /** Most memory that a process ever had, in MiB. */
  peakMib: Record<"edge" | "views", number>;
  /** Lines of the programs' logs that say error, and processes that were started anew. */
  alarms: string[];
  /** Events at the edge, by its own counters. */
  received: number;
  logged: number;
  rejected: number;
  /** Events that the table of rejected beacons counts. */
  rejectedStored: number;
  refusedRows: number;
}

const [KEY, CONTROL_KEY] = ["fuzzattacker00000000000001", "fuzzcontrol000000000000002"];
const CONTROL = 2 as EnvironmentId;
const CONNECTIONS = 24;
const PROGRESS_EVERY = 5_000;
const PREY_EVERY_MS = 2_000;

/** Sends nonsense to a real collector while another environment's viewers watch, and says what became of both. */
export async function runFuzz(run: FuzzRun): Promise<FuzzResult> {
  const alarms: string[] = [];
  const onLine = (line: string) => {
    if (/"level":"?(50|60|error|fatal)/.test(line)) alarms.push(line.slice(0, 500));
  };
  const stack = await startStack({ environmentKeys: [KEY, CONTROL_KEY], onLine });
  const pids = { edge: stack.pid("edge"), views: stack.pid("views") };
  try {
    const stop = new AbortController();
    const watching = runSimulation({
      collector: stack.collector,
      envKey: CONTROL_KEY,
      options: { viewers: run.viewers, durationMs: 24 * 3_600_000, rampMs: 3_000, seed: run.seed },
      signal: stop.signal,
    });
    const sent = await sendAll(run, stack);
    stop.abort();
    const simulated = await watching;
    await untilCaughtUp(stack, Date.now());
    const control = await compareWithTruth(stack.clickhouse, CONTROL, simulated.truth, true);
    for (const program of ["edge", "views"] as const) {
      if (stack.pid(program) !== pids[program] || !isAlive(pids[program])) alarms.push(`${program} died`);
    }
    const peakMib = { edge: peakMemory(pids.edge), views: peakMemory(pids.views) };
    const counted = await readCounters(stack);
    const { outcomes } = await readProgress([internalPort(stack.ports.socket)]);
    const rows = await countFoldedRows(stack.clickhouse, outcomes.folded, true);
    const complaints = complaintsOfComparison(control, rows);
    const controlled = { ...control, failedRequests: simulated.failed, complaints };
    return { ...sent, ...counted, peakMib, alarms, rows, control: controlled };
  } finally {
    await stack.stop();
  }
}

async function sendAll(run: FuzzRun, stack: Stack): Promise<Pick<FuzzResult, "answers" | "kinds" | "wrong">> {
  const corpus = recordedBeacons(KEY);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const prey: Prey & { viewIds: string[] } = { envKey: CONTROL_KEY, viewIds: [] };
  const looking = setInterval(() => void lookForPrey(stack, prey), PREY_EVERY_MS);
  const result = { answers: new Map<FuzzAnswer, number>(), kinds: new Map<string, number>(), wrong: [] as string[] };
  let next = 0;
  const work = async () => {
    for (let nth = next++; nth < run.count; nth = next++) {
      const random = createRandom(deriveSeed(run.seed, nth));
      const fuzzed = fuzzedRequest(random, corpus, prey);
      // Nearly everybody from a network of their own: the limits of one network are another test's.
      const address = `23.${random.integer(0, 256)}.${random.integer(0, 256)}.7`;
      note(result, fuzzed, await sendFuzzed(agent, stack.ports.collector, fuzzed, address), nth);
      if (nth > 0 && nth % PROGRESS_EVERY === 0) run.onProgress?.(`${nth} of ${run.count} sent`);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
  } finally {
    clearInterval(looking);
    agent.destroy();
  }
  return result;
}

function note(
  result: Pick<FuzzResult, "answers" | "kinds" | "wrong">,
  { kind, mayClose }: FuzzedRequest,
  answer: FuzzAnswer,
  nth: number,
): void {
  result.answers.set(answer, (result.answers.get(answer) ?? 0) + 1);
  result.kinds.set(kind, (result.kinds.get(kind) ?? 0) + 1);
  if (answer === 200 || (mayClose && answer === "closed")) return;
  result.wrong.push(`request ${nth}, ${kind}: ${answer}`);
}

async function lookForPrey({ clickhouse }: Stack, prey: { viewIds: string[] }): Promise<void> {
  const rows = await clickhouse.query(
    "SELECT DISTINCT view_id FROM events WHERE environment_id = {environmentId: UInt32} LIMIT 200",
    { environmentId: CONTROL },
    z.object({ view_id: z.string() }),
  );
  prey.viewIds = rows.map(({ view_id }) => view_id);
}

async function readCounters(stack: Stack) {
  const edge = await readMetrics(internalPort(stack.ports.collector));
  const views = await readMetrics(internalPort(stack.ports.socket));
  const [stored] = await stack.clickhouse.query(
    "SELECT toFloat64(sum(count)) AS n FROM rejected_beacons FINAL WHERE stage = 'edge'",
    {},
    z.object({ n: z.number() }),
  );
  return {
    received: edge.sum("playhead_edge_events_received_total"),
    logged: edge.sum("playhead_edge_events_logged_total"),
    rejected: edge.sum("playhead_edge_events_rejected_total"),
    rejectedStored: stored?.n ?? Number.NaN,
    refusedRows: views.sum("playhead_sink_refused_rows_total"),
  };
}

/** `VmHWM` of a process, Linux only. */
function peakMemory(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kib) / 1_024);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
