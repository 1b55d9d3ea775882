import { Lru } from "../platform/memory/lru.ts";
import { PostgresUnavailable } from "../platform/postgres/errors.ts";
import { inTime } from "./in-time.ts";
import { unavailable } from "./playback-error.ts";

/** Rows of Postgres by key, remembered for a while, and beyond it while Postgres is away. */
export interface RememberedRows<Row> {
  /** Null where there is none. Rejects with a `PlaybackError` (503) when that cannot be told now. */
  find(key: string): Promise<Row | null>;
}

export interface RememberedRowsOptions<Row> {
  /** Null where there is no such row. Rejects with `PostgresUnavailable`. */
  read: (key: string) => Promise<Row | null>;
  /** How long an answer holds. */
  lifeMs: (row: Row | null) => number;
  /** For the 503: what cannot be told. */
  unknown: string;
  /** Of a row, of a hundred thousand that are remembered in all; 1 unless given. */
  weigh?: (row: Row) => number;
  nowMs: () => number;
  /** What is known is used although its time is over, because Postgres is away. */
  onStale?: () => void;
  /** How long a look-up may take where something is known to go on with, and where nothing is; shorter only in tests. */
  patienceMs?: { known: number; unknown: number };
}

const PATIENCE_MS = { known: 1_000, unknown: 3_000 };
/** Time without asking after Postgres was found away. */
const PAUSE_MS = 1_000;
/** Some 100 bytes each. Ids that do not exist have a place of their own, or guessing would push out what exists. */
const MAX_KNOWN = 100_000;
const MAX_ABSENT = 10_000;

interface Known<Row> {
  row: Row | null;
  /** When the question was asked: the answer is not older. */
  askedAtMs: number;
}

export function createRememberedRows<Row>(options: RememberedRowsOptions<Row>): RememberedRows<Row> {
  const {
    read,
    lifeMs,
    unknown,
    weigh = () => 1,
    nowMs,
    onStale = () => undefined,
    patienceMs = PATIENCE_MS,
  } = options;
  const existing = new Lru<Known<Row>>({
    maxWeight: MAX_KNOWN,
    weigh: ({ row }) => (row === null ? 1 : weigh(row)),
  });
  const absent = new Lru<Known<Row>>({ maxWeight: MAX_ABSENT });
  const asking = new Map<string, Promise<Known<Row>>>();
  let pausedUntilMs = Number.NEGATIVE_INFINITY;

  function ask(key: string): Promise<Known<Row>> {
    const current = asking.get(key);
    if (current !== undefined) return current;
    const askedAtMs = nowMs();
    const answer = read(key)
      .then((row): Known<Row> => {
        const known = { row, askedAtMs };
        (row === null ? existing : absent).delete(key); // else what was deleted would be found again
        (row === null ? absent : existing).set(key, known);
        return known;
      })
      .finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  }

  return {
    find: async (key) => {
      const known = existing.get(key) ?? absent.get(key);
      if (known !== undefined && nowMs() - known.askedAtMs < lifeMs(known.row)) return known.row;
      const last = known?.row ?? null;
      try {
        if (nowMs() < pausedUntilMs) throw new PostgresUnavailable("asked a moment ago");
        return (await inTime(ask(key), last === null ? patienceMs.unknown : patienceMs.known)).row;
      } catch (error) {
        if (!(error instanceof PostgresUnavailable)) throw error;
        if (nowMs() >= pausedUntilMs) pausedUntilMs = nowMs() + PAUSE_MS;
        if (last === null) throw unavailable(unknown, { cause: error });
        onStale();
        return last;
      }
    },
  };
}
