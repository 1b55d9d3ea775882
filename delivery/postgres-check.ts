import type { CheckResult } from "../platform/observability/readiness.ts";
import { PostgresUnavailable } from "../platform/postgres/errors.ts";
import { inTime } from "./in-time.ts";
import type { ReadPlaybackId } from "./playback-ids.ts";

/** Asks for an id that nobody has: it is too short. */
const NOBODY = "readiness";
/** Shorter than a readiness check may take: a database that hangs is to be told from a check that does. */
const PATIENCE_MS = 700;

/**
 * Before Postgres has answered once, nothing is known and nobody can be served; after that delivery goes on with what it
 * knows, and taking the traffic away would help nobody.
 */
export function createPostgresCheck(read: ReadPlaybackId): () => Promise<CheckResult> {
  let wasReachable = false;
  return async () => {
    try {
      await inTime(read(NOBODY), PATIENCE_MS);
      wasReachable = true;
      return { ok: true };
    } catch (error) {
      if (!(error instanceof PostgresUnavailable)) throw error;
      if (wasReachable) return { ok: true, degraded: `${error.message}; going on with known playback ids` };
      return { ok: false, reason: error.message };
    }
  };
}
