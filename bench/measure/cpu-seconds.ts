import { readFileSync } from "node:fs";
import { descendants, readIfThere } from "./descendants.ts";

/** Unit of the times in /proc/PID/stat: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process has used, all its threads, in user and system mode. Linux only. */
export function cpuSeconds(pid: number): number {
  const { userTicks, systemTicks } = readTicks(pid);
  return (userTicks + systemTicks) / TICKS_PER_SECOND;
}

/** The same with the processes that it has started, that have ended and whose end it was told by the kernel. */
export function cpuSecondsWithChildren(pid: number): number {
  const { userTicks, systemTicks, childTicks } = readTicks(pid);
  return (userTicks + systemTicks + childTicks) / TICKS_PER_SECOND;
}

/**
 * Seconds of processor time of a process and of all below it, as long as it is watched: what runs in a sandbox with ids of its own
 * ends without the kernel adding its time to anybody's. Each process is read every few milliseconds; what it takes after the last
 * time, {@link LOOK_EVERY_MS} at most, is missed.
 */
export function watchCpuSeconds(pid: number): { seconds(): number; stop(): void } {
  const ticksOf = new Map<string, number>();
  const look = (): void => {
    for (const one of [pid, ...descendants(pid)]) {
      const stat = readIfThere(() => readFileSync(`/proc/${one}/stat`, "utf8"), "");
      if (stat === "") continue;
      const { userTicks, systemTicks, startTicks } = parseStat(stat);
      ticksOf.set(`${one}@${startTicks}`, userTicks + systemTicks);
    }
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    seconds: () => {
      look();
      return [...ticksOf.values()].reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
    },
    stop: () => clearInterval(timer),
  };
}

const LOOK_EVERY_MS = 10;

/** In user and system mode, then those of ended children: fields 14 to 17 of proc_pid_stat(5); and field 22. */
function parseStat(stat: string): { userTicks: number; systemTicks: number; childTicks: number; startTicks: number } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // behind the name, which may hold anything
  const at = (field: number): number => Number(fields[field - 3]);
  return { userTicks: at(14), systemTicks: at(15), childTicks: at(16) + at(17), startTicks: at(22) };
}

function readTicks(pid: number): ReturnType<typeof parseStat> {
  return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
}
