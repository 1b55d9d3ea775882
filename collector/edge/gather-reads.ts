/** Asks for keys together with whoever asks at the moment; null when that cannot be told now. Never rejects. */
export type GatheredRead<V> = (keys: readonly string[]) => Promise<ReadonlyMap<string, V> | null>;

export interface GatherOptions<V> {
  /** One question for many keys; those that do not exist are left out of the answer. */
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>;
  onFailure: (error: unknown) => void;
  /** Milliseconds since some moment, whatever the clock is set to. */
  elapsedMs: () => number;
  /** How long an answer may take before its askers are told that there is none; shorter only in tests. */
  patienceMs?: number;
}

interface Batch<V> {
  keys: Set<string>;
  answer: PromiseWithResolvers<ReadonlyMap<string, V> | null>;
}

/** A keyless viewer waits this long at most; a healthy Postgres takes milliseconds. */
const PATIENCE_MS = 2_000;
/** Time without asking after a failure. */
const PAUSE_MS = 1_000;
/** Keys of one question; more at one moment is a flood, and who comes last is told that there is no answer now. */
const MAX_KEYS = 4_000;

/**
 * One question at a time, however many ask: keys that come meanwhile make up the next one. While the store fails or hangs
 * nobody waits for it.
 */
export function gatherReads<V>(options: GatherOptions<V>): GatheredRead<V> {
  const { read, onFailure, elapsedMs, patienceMs = PATIENCE_MS } = options;
  let gathering: Batch<V> | null = null;
  let running: Batch<V> | null = null;
  let isHanging = false;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;

  async function run(batch: Batch<V>): Promise<void> {
    const late = setTimeout(() => {
      isHanging = true;
      release(batch, null);
      onFailure(new Error(`no answer within ${patienceMs} ms`));
    }, patienceMs);
    try {
      release(batch, await read([...batch.keys]));
    } catch (error) {
      pausedUntilMs = elapsedMs() + PAUSE_MS;
      release(batch, null);
      onFailure(error);
    } finally {
      clearTimeout(late);
      isHanging = false;
    }
  }

  function release(batch: Batch<V>, answer: ReadonlyMap<string, V> | null): void {
    batch.answer.resolve(answer);
    if (answer !== null || gathering === null) return;
    gathering.answer.resolve(null);
    gathering = null;
  }

  async function runAll(): Promise<void> {
    while (gathering !== null) {
      running = gathering;
      gathering = null;
      await run(running);
    }
    running = null;
  }

  return async (keys) => {
    if (isHanging || elapsedMs() < pausedUntilMs) return null;
    gathering ??= { keys: new Set(), answer: Promise.withResolvers() };
    if (gathering.keys.size + keys.length > MAX_KEYS) return null;
    for (const key of keys) gathering.keys.add(key);
    const { answer } = gathering;
    if (running === null) runAll();
    return answer.promise;
  };
}
