/** From when to when, milliseconds on the client's clock. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** Sorted, and no two of them touch. */
export function union(...lists: readonly (readonly Span[])[]): Span[] {
  const sorted = lists
    .flat()
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .sort((one, other) => one.fromMs - other.fromMs);
  const merged: Span[] = [];
  for (const { fromMs, toMs } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else merged.push({ fromMs, toMs });
  }
  return merged;
}

/** What lies in one and in the other. */
export function both(one: readonly Span[], other: readonly Span[]): Span[] {
  return union(
    union(one).flatMap((a) =>
      union(other).map((b) => ({ fromMs: Math.max(a.fromMs, b.fromMs), toMs: Math.min(a.toMs, b.toMs) })),
    ),
  );
}

/** What lies in the first list and not in the second. */
export function without(list: readonly Span[], taken: readonly Span[]): Span[] {
  let left = union(list);
  for (const { fromMs, toMs } of union(taken)) {
    left = union(
      left.map((span) => ({ fromMs: span.fromMs, toMs: Math.min(span.toMs, fromMs) })),
      left.map((span) => ({ fromMs: Math.max(span.fromMs, toMs), toMs: span.toMs })),
    );
  }
  return left;
}

/** Milliseconds that lie in any of them. */
export function lengthMs(list: readonly Span[]): number {
  return union(list).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}
