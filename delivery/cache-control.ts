/** Who may keep an answer, and until when. */
export interface Caching {
  /** False where it depends on who asks, or is for one session: then only the browser keeps it. */
  isShared: boolean;
  /** Unix milliseconds: when token or grant end. */
  untilMs: number | null;
}

export const OPEN_CACHING: Caching = { isShared: true, untilMs: null };

export interface Life {
  seconds: number;
  /** What is behind the URL never changes. */
  isImmutable?: boolean;
}

/** What follows from the plan and from settings. */
export const A_MINUTE: Life = { seconds: 60 };
/** What changes only where an asset's content does. */
export const A_DAY: Life = { seconds: 86_400 };
/** What names its plan. */
export const FOR_EVER: Life = { seconds: 31_536_000, isImmutable: true };

/** `Cache-Control` (RFC 9111 §5.2.2): nothing is kept longer than it may be played. */
export function cacheControl({ isShared, untilMs }: Caching, life: Life, nowMs: number): string {
  const leftSeconds = untilMs === null ? life.seconds : Math.max(0, Math.floor((untilMs - nowMs) / 1_000));
  const seconds = Math.min(life.seconds, leftSeconds);
  return `${isShared ? "public" : "private"}, max-age=${seconds}${life.isImmutable === true ? ", immutable" : ""}`;
}
