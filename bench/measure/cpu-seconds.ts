import { readFileSync } from "node:fs";

/** Unit of the times in /proc/PID/stat: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process has used, all its threads, in user and system mode. Linux only. */
export function cpuSeconds(pid: number): number {
  const [userTicks = 0, systemTicks = 0] = readTicks(pid);
  return (userTicks + systemTicks) / TICKS_PER_SECOND;
}

/** The same with the processes that it has started and that have ended. */
export function cpuSecondsWithChildren(pid: number): number {
  return readTicks(pid).reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
}

/** In user and system mode, then those of ended children: fields 14 to 17 of proc_pid_stat(5). */
function readTicks(pid: number): number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // behind the name, which may hold anything
  return fields.slice(11, 15).map(Number);
}
