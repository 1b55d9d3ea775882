import { type Asked, type Measured, measureAsking, measureInTurn } from "../queries/measure-asking.ts";
import type { QueryStore } from "../queries/query-store.ts";
import { RANGES } from "../queries/ranges.ts";
import type { ApiServer } from "./api-server.ts";
import type { Call } from "./call.ts";
import { answersByHand, secondsOf } from "./compare-calls.ts";
import { type Figure, HEAD, limitOf, lineOf } from "./report.ts";
import { type Run, titleOf } from "./runs.ts";

interface MeasureCallsOptions {
  mostTimes: number;
  /** What was measured of the hand-written SQL before; it is not asked again then. */
  before: readonly Figure[];
  say: (line: string) => void;
}

/** Each call, and the hand-written SQL under the same load. */
export async function measureCalls(
  store: QueryStore,
  server: ApiServer,
  calls: readonly Call[],
  { run, mostTimes, before, say }: MeasureCallsOptions & { run: Run },
): Promise<Figure[]> {
  const { range } = run;
  say(`\n${titleOf(run)}; ${HEAD}`);
  const figures: Figure[] = [];
  for (const call of calls) {
    const api = { ask: () => server.ask(call.request(secondsOf(range))), pids: [store.pid], besides: [server.pid] };
    const sql = { ask: () => answersByHand(store, call, range), pids: [store.pid] };
    const known = before.find((figure) => figure.call === call.name && figure.run.range === range)?.hand;
    const [ours, hand] = await measureBoth(api, known ?? sql, { atOnce: range.atOnce, mostTimes });
    const judged = { ...run, isJudged: run.isJudged && call.isOnlyTold !== true };
    const figure: Figure = { call: call.name, run: judged, ours, hand, limitMs: limitOf(call, range) };
    figures.push(figure);
    say(lineOf(figure));
  }
  return figures;
}
/** One at a time they are asked in turn, so that they compare; of many at once each has the machine for itself. */
async function measureBoth(
  api: Asked,
  hand: Asked | Measured,
  { atOnce, mostTimes }: { atOnce: number; mostTimes: number },
): Promise<[Measured, Measured]> {
  const alone = (asked: Asked) => measureAsking(asked.ask, { ...asked, atOnce, mostTimes });
  if (!("ask" in hand)) return [await alone(api), hand];
  return atOnce === 1 ? measureInTurn(api, hand, mostTimes) : [await alone(api), await alone(hand)];
}

/** So that a new server's first calls are as fast as its later ones: each call about an hour earlier, which nobody asks again. */
export async function warmUp(server: ApiServer, calls: readonly Call[]): Promise<void> {
  for (const call of calls) {
    for (const { from, to } of RANGES.map(secondsOf)) {
      await server.ask(call.request({ from: from - HOUR_SECONDS, to: to - HOUR_SECONDS }));
    }
  }
}

const HOUR_SECONDS = 3_600;

/** The first of each kind after a start, no file of the store in memory; later ones find columns that earlier ones read. */
export async function askCold(server: ApiServer, calls: readonly Call[], say: (line: string) => void): Promise<void> {
  say(`\ncold, ms: ${RANGES.map(({ name }) => name).join(", ")}`);
  for (const call of calls) {
    const tookMs: number[] = [];
    for (const range of RANGES) {
      const startedMs = performance.now();
      await server.ask(call.request(secondsOf(range)));
      tookMs.push(performance.now() - startedMs);
    }
    say(`${tookMs.map((ms) => ms.toFixed(0).padStart(8)).join("")}  ${call.name}`);
  }
}
