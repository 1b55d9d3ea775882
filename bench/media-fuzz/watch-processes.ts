import { readdirSync, readFileSync, readlinkSync } from "node:fs";

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
    for (const pid of descendants(parentOf())) {
      const file = readIfThere(() => readlinkSync(`/proc/${pid}/exe`));
      if (!/\/(ffmpeg|ffprobe)$/.test(file)) continue;
      const status = readIfThere(() => readFileSync(`/proc/${pid}/status`, "utf8"));
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
  const limits = readIfThere(() => readFileSync(`/proc/${pid}/limits`, "utf8"));
  if (limits === "") return []; // it ended meanwhile
  const limit = (name: string): number => Number(new RegExp(`^Max ${name}\\s+(\\S+)`, "m").exec(limits)?.[1]);
  const wrong = [];
  if (!(limit("address space") <= LIMIT_BYTES)) wrong.push(`process ${pid} has no limit of memory`);
  if (!(limit("cpu time") > 0)) wrong.push(`process ${pid} has no limit of processor time`);
  if (!(limit("file size") >= 0)) wrong.push(`process ${pid} has no limit of written bytes`);
  if (limit("core file size") !== 0) wrong.push(`process ${pid} may leave a core file`);
  return wrong;
}

/** Processes below one, by each one's parent in `/proc`. */
export function descendants(ancestor: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readIfThere(() => readFileSync(`/proc/${name}/stat`, "utf8"));
    const parent = Number(/\) \S (\d+)/.exec(stat)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  for (
    let level = children.get(ancestor) ?? [];
    level.length > 0;
    level = level.flatMap((pid) => children.get(pid) ?? [])
  ) {
    found.push(...level);
  }
  return found;
}

function readIfThere(read: () => string): string {
  try {
    return read();
  } catch {
    return ""; // it ended meanwhile
  }
}
