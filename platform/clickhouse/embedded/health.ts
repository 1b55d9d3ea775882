import type { Logger } from "../../observability/logger.ts";
import type { Readiness } from "../../observability/readiness.ts";
import { type DamagedReads, damagedReads, type SetAside, setAsideParts } from "./damage.ts";
import type { Executor } from "./executor.ts";

/** How to go on, for whoever reads it. */
const REPAIR = "npm run repair-store brings back what the log still has";

/**
 * The engine answers; and what it has set aside as damaged. It does that silently and serves the rest, so this is told,
 * without failing: stopping the service would not bring the rows back.
 */
export function addEngineChecks(readiness: Readiness, executor: Executor): void {
  readiness.add("engine", async () => {
    await executor.ask("SELECT 1");
    return { ok: true };
  });
  readiness.add("parts", async () => {
    const degraded = damageText(await setAsideParts(executor), await damagedReads(executor));
    return degraded === null ? { ok: true } : { ok: true, degraded };
  });
}

/** A line in the log for each partition that misses rows; for the start, when parts are set aside. */
export async function logSetAside(executor: Executor, log: Logger): Promise<void> {
  for (const part of await setAsideParts(executor))
    log.error(part, "damaged parts are set aside, their rows are missing");
}

export function damageText(setAside: readonly SetAside[], reads: DamagedReads | null): string | null {
  const sentences: string[] = [];
  if (setAside.length > 0) {
    const count = setAside.reduce((sum, { parts }) => sum + parts, 0);
    const places = setAside.map(({ table, partition }) => `${table} ${partition}`);
    sentences.push(`${count} damaged parts are set aside, their rows are missing: ${[...new Set(places)].join(", ")}`);
  }
  if (reads !== null) {
    const last = new Date(reads.lastMs).toISOString();
    sentences.push(`${reads.count} reads since the start met damaged data, the last at ${last}: repair with --check`);
  }
  return sentences.length === 0 ? null : [...sentences, REPAIR].join("; ");
}
