/** [startMs, endMs) on the client clock; `endMs` is null while it lasts. Lists of spans are in order and disjoint. */
export interface Span {
  startMs: number;
  endMs: number | null;
}

/** A span that is over, or cut at the moment up to which it is looked at. */
export interface ClosedSpan {
  startMs: number;
  endMs: number;
}

/** Begins a span unless one lasts already. Clocks may jump back: it never begins before the last one ended. */
export function openSpan(spans: Span[], atMs: number): void {
  const last = spans[spans.length - 1];
  if (last !== undefined && last.endMs === null) return;
  spans.push({ startMs: last === undefined ? atMs : Math.max(atMs, last.endMs ?? atMs), endMs: null });
}

/** Ends the span that lasts, if any. */
export function closeSpan(spans: Span[], atMs: number): void {
  const last = spans[spans.length - 1];
  if (last !== undefined && last.endMs === null) last.endMs = Math.max(atMs, last.startMs);
}

/** Length of the part of the spans that lies in [fromMs, toMs); a lasting span is taken to go on. */
export function overlapMs(spans: readonly Span[], fromMs: number, toMs: number): number {
  let total = 0;
  for (let at = spans.length - 1; at >= 0; at -= 1) {
    const { startMs, endMs } = spans[at] as Span;
    if (endMs !== null && endMs <= fromMs) break; // spans are in order: all earlier ones lie before
    total += Math.max(0, Math.min(endMs ?? toMs, toMs) - Math.max(startMs, fromMs));
  }
  return total;
}

/** Length of all spans; a lasting one counts until `untilMs`. */
export function totalMs(spans: readonly Span[], untilMs: number): number {
  return spans.reduce((sum, { startMs, endMs }) => sum + Math.max(0, (endMs ?? untilMs) - startMs), 0);
}

/** The span that holds `atMs`, if any. */
export function spanAt(spans: readonly Span[], atMs: number): Span | null {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle] as Span).startMs <= atMs) low = middle + 1;
    else high = middle;
  }
  const span = spans[low - 1];
  return span !== undefined && (span.endMs === null || span.endMs > atMs) ? span : null;
}

/** The spans as they are known at `untilMs`, those without length left out. */
export function closedSpans(spans: readonly Span[], untilMs: number): ClosedSpan[] {
  return spans
    .map(({ startMs, endMs }) => ({ startMs, endMs: endMs ?? Math.max(startMs, untilMs) }))
    .filter(({ startMs, endMs }) => endMs > startMs);
}

/** What of `spans` lies in none of `others`; both in order and disjoint. */
export function subtractSpans(spans: readonly ClosedSpan[], others: readonly ClosedSpan[]): ClosedSpan[] {
  const left: ClosedSpan[] = [];
  let first = 0;
  for (const { startMs, endMs } of spans) {
    let fromMs = startMs;
    while (first < others.length && (others[first] as ClosedSpan).endMs <= startMs) first += 1;
    for (let at = first; at < others.length && fromMs < endMs; at += 1) {
      const other = others[at] as ClosedSpan;
      if (other.startMs >= endMs) break;
      if (other.startMs > fromMs) left.push({ startMs: fromMs, endMs: other.startMs });
      fromMs = Math.max(fromMs, other.endMs);
    }
    if (fromMs < endMs) left.push({ startMs: fromMs, endMs });
  }
  return left;
}
