/** Requests of one caller at the same time, where order does not matter. */
const AT_ONCE = 16;

/** Does a step for all items, some at once; results in the order of items. The first failure rejects, and no more begin. */
export async function inParallel<T, R>(items: readonly T[], step: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (let at = next++; at < items.length && !hasFailed; at = next++) {
      const item = items[at] as T; // at < length
      results[at] = await step(item).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  return results;
}
