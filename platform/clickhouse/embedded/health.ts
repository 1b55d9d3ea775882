import type { Readiness } from "../../observability/readiness.ts";
import type { Executor } from "./executor.ts";

/**
 * The engine answers; and the number of parts that it set aside as damaged at a start. It does that silently and serves the
 * rest, so this is told, without failing: stopping the service would not bring the rows back.
 */
export function addEngineChecks(readiness: Readiness, executor: Executor): void {
  readiness.add("engine", async () => {
    await ask(executor, "SELECT 1 AS number");
    return { ok: true };
  });
  readiness.add("parts", async () => {
    const parts = await countDetachedParts(executor);
    if (parts === 0) return { ok: true };
    return {
      ok: true,
      degraded: `${parts} damaged parts are set aside (system.detached_parts): their rows are missing`,
    };
  });
}

export function countDetachedParts(executor: Executor): Promise<number> {
  return ask(executor, "SELECT count() AS number FROM system.detached_parts");
}

async function ask(executor: Executor, sql: string): Promise<number> {
  const { bytes } = await executor.ask(sql);
  return Number(bytes.toString());
}
