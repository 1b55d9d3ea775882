import type { ViewFilter } from "../scope.ts";

/**
 * Several filters as conditions that all have to hold. What keeps by the same dimension is alternatives of one condition.
 *
 * @param conditionOf whether the filter's own values are there, in brackets; its `negated` is seen to here
 */
export function filterConditions(
  filters: readonly ViewFilter[],
  conditionOf: (filter: ViewFilter) => string,
): string[] {
  const keeping = new Map<string, string[]>();
  const dropping: string[] = [];
  for (const filter of filters) {
    const sql = conditionOf(filter);
    if (filter.negated) dropping.push(`NOT ${sql}`);
    else keeping.set(filter.dimension, [...(keeping.get(filter.dimension) ?? []), sql]);
  }
  return [...[...keeping.values()].map((alternatives) => `(${alternatives.join(" OR ")})`), ...dropping];
}
