import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Ids of ffmpeg and ffprobe below a process, whatever shells and sandboxes stand between. Linux only. */
export function encodersOf(pid: number): number[] {
  return descendants(pid).filter((one) =>
    /\/(ffmpeg|ffprobe)$/.test(readIfThere(() => readlinkSync(`/proc/${one}/exe`))),
  );
}

/** Processes below one, by each one's parent in `/proc`. */
function descendants(ancestor: number): number[] {
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

export function readIfThere(read: () => string): string {
  try {
    return read();
  } catch {
    return ""; // it ended meanwhile
  }
}
