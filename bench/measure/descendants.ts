import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Ids of ffmpeg and ffprobe below a process, whatever shells and sandboxes stand between. Linux only. */
export function encodersOf(pid: number): number[] {
  return descendants(pid).filter((one) =>
    /\/(ffmpeg|ffprobe)$/.test(readIfThere(() => readlinkSync(`/proc/${one}/exe`), "")),
  );
}

/** Processes below one, as the kernel lists each thread's children. Linux only. */
export function descendants(ancestor: number): number[] {
  const threads = readIfThere(() => readdirSync(`/proc/${ancestor}/task`), []);
  const children = threads.flatMap((thread) =>
    readIfThere(() => readFileSync(`/proc/${ancestor}/task/${thread}/children`, "utf8"), "")
      .split(" ")
      .filter((pid) => pid !== "")
      .map(Number),
  );
  return children.flatMap((child) => [child, ...descendants(child)]);
}

export function readIfThere<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise; // it ended meanwhile
  }
}
