import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Logger } from "../../observability/logger.ts";

const KEPT_LINES = 20;

/** The engine's chatter is for debugging; what it calls an error mostly is a client's (a unique key hit, say). */
const LEVELS: ReadonlyMap<string, "debug" | "warn" | "error"> = new Map([
  ["WARNING", "warn"],
  ["FATAL", "warn"],
  ["PANIC", "error"],
]);

/** Sends the engine's lines to our log and keeps the last of them; returns the reader of those. */
export function forwardLog(stream: Readable | null, log: Logger): () => string[] {
  const kept: string[] = [];
  if (stream === null) return () => kept;
  createInterface({ input: stream }).on("line", (line) => {
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
    const severity = /^([A-Z]+):/.exec(line)?.[1] ?? "";
    log[LEVELS.get(severity) ?? "debug"]({ line }, "postgres says");
  });
  return () => [...kept];
}
