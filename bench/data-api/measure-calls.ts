import { type Measured, measureAsking } from "../queries/measure-asking.ts";
import type { QueryStore } from "../queries/query-store.ts";
import { RANGES, type Range } from "../queries/ranges.ts";
import type { ApiServer } from "./api-server.ts";
import type { Call } from "./call.ts";
import { answersByHand, secondsOf } from "./compare-calls.ts";
import { type Figure, HEAD, limitOf, lineOf } from "./report.ts";

export interface MeasureCallsOptions {
  /** Whether the server's answers serve several requests. */
  shared: boolean;
  mostTimes: number;
  /** What was measured of the hand-written SQL before; it is not asked again then. */
  before: readonly Figure[];
  say: (line: string) => void;
}

/** Each call over each range, and the hand-written SQL under the same load. */
export async function measureCalls(
  store: QueryStore,
  server: ApiServer,
  calls: readonly Call[],
  { shared, mostTimes, before, say }: MeasureCallsOptions,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const range of RANGES) {
    say(`\n${range.name}, ${range.atOnce} at a time, answers ${shared ? "" : "not "}shared; ${HEAD}`);
    for (const call of calls) {
      const request = call.request(secondsOf(range));
      const figure: Figure = {
        ...{ call: call.name, range: range.name, shared },
        ours: await measureAsking(() => server.ask(request), {
          ...{ atOnce: range.atOnce, mostTimes, pids: [store.pid], besides: [server.pid] },
        }),
        hand: measuredBefore(before, call, range) ?? (await measureByHand(store, call, range, mostTimes)),
        limitMs: limitOf(call, range),
        comparedWithHand: range.atOnce === 1,
      };
      figures.push(figure);
      say(lineOf(figure));
    }
  }
  return figures;
}

function measureByHand(store: QueryStore, call: Call, range: Range, mostTimes: number): Promise<Measured> {
  const { atOnce } = range;
  return measureAsking(() => answersByHand(store, call, range), { atOnce, mostTimes, pids: [store.pid] });
}

function measuredBefore(before: readonly Figure[], { name }: Call, range: Range): Measured | undefined {
  return before.find((figure) => figure.call === name && figure.range === range.name)?.hand;
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
