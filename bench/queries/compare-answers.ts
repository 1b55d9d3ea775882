import { differenceOf } from "./equal-rows.ts";
import type { Kind } from "./kinds.ts";
import { answer } from "./measure-question.ts";
import type { QueryStore } from "./query-store.ts";
import { questionsOf, RANGES } from "./ranges.ts";

/** A sentence for each kind and range in which ours and the hand-written SQL do not say the same. */
export async function compareAnswers(store: QueryStore, kinds: readonly Kind[]): Promise<string[]> {
  const differences: string[] = [];
  for (const kind of kinds) {
    for (const range of RANGES) {
      const { ours, hand } = questionsOf(kind, range);
      const rows = (await answer(store, ours)).slice(0, kind.page);
      const difference = differenceOf(rows, await answer(store, hand), kind.compared);
      if (difference !== null) differences.push(`${kind.name}, ${range.name}: ${difference}`);
    }
  }
  return differences;
}
