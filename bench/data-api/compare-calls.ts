import { differenceOf } from "../queries/equal-rows.ts";
import { END_MS } from "../queries/generate-views.ts";
import { answer, type Row } from "../queries/measure-question.ts";
import type { QueryStore } from "../queries/query-store.ts";
import { RANGES, type Range, timeText } from "../queries/ranges.ts";
import type { ApiServer } from "./api-server.ts";
import type { Call, Seconds } from "./call.ts";

/** A sentence for each call and range in which the API and the hand-written SQL do not say the same. */
export async function compareCalls(store: QueryStore, server: ApiServer, calls: readonly Call[]): Promise<string[]> {
  const differences: string[] = [];
  for (const call of calls) {
    for (const range of RANGES) {
      const ours = call.rows(await server.ask(call.request(secondsOf(range))));
      const [hand = []] = await answersByHand(store, call, range);
      const difference = differenceOf(ours, hand, call.compared, call.tolerance);
      if (difference !== null) differences.push(`${call.name}, ${range.name}: ${difference}`);
    }
  }
  return differences;
}

/** All statements that stand for one answer, one after the other. */
export async function answersByHand(store: QueryStore, { hand }: Call, { fromMs }: Range): Promise<Row[][]> {
  const answers: Row[][] = [];
  for (const sql of hand) {
    answers.push(await answer(store, { sql: sql(timeText(fromMs), timeText(END_MS)), params: {} }));
  }
  return answers;
}

export function secondsOf({ fromMs }: Range): Seconds {
  return { from: fromMs / 1_000, to: END_MS / 1_000 };
}
