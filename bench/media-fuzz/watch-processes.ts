import { readFileSync } from "node:fs";
import { encodersOf, readIfThere } from "../measure/descendants.ts";

/** What is seen of ffmpeg and ffprobe while they run. */
export interface WatchedProcesses {
  /** Different processes that were seen. */
  seen: number;
  /** Most address space that one had, MiB; the limit is 2,048. */
  peakMib: number;
  /** Limits that a process did not have, and processes that are more than one program should be. */
  wrong: string[];
  stop(): void;
}

const EVERY_MS = 50;
const MIB = 1_024;
/** Address space of one run, as the launcher sets it. */
const LIMIT_BYTES = 2 * 1_024 ** 3;

/** Looks at the descendants of a process that are ffmpeg or ffprobe, again and again. Linux only. */
export function watchProcesses(parentOf: () => number): WatchedProcesses {
  const seen = new Set<number>();
  const watched: WatchedProcesses = { seen: 0, peakMib: 0, wrong: [], stop: () => clearInterval(timer) };
  const timer = setInterval(() => {
    for (const pid of encodersOf(parentOf())) {
      const status = readIfThere(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
      watched.peakMib = Math.max(watched.peakMib, Math.round(Number(/^VmPeak:\s+(\d+)/m.exec(status)?.[1] ?? 0) / MIB));
      if (seen.has(pid)) continue;
      seen.add(pid);
      watched.seen = seen.size;
      watched.wrong.push(...missingLimits(pid));
    }
  }, EVERY_MS);
  return watched;
}

function missingLimits(pid: number): string[] {
  const limits = readIfThere(() => readFileSync(`/proc/${pid}/limits`, "utf8"), "");
  if (limits === "") return []; // it ended meanwhile
  const limit = (name: string): number => Number(new RegExp(`^Max ${name}\\s+(\\S+)`, "m").exec(limits)?.[1]);
  const wrong = [];
  if (!(limit("address space") <= LIMIT_BYTES)) wrong.push(`process ${pid} has no limit of memory`);
  if (!(limit("cpu time") > 0)) wrong.push(`process ${pid} has no limit of processor time`);
  if (!(limit("file size") >= 0)) wrong.push(`process ${pid} has no limit of written bytes`);
  if (limit("core file size") !== 0) wrong.push(`process ${pid} may leave a core file`);
  return wrong;
}
