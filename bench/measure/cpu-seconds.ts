import { readFileSync } from "node:fs";

/** Unit of the times in /proc/PID/stat: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process has used, all its threads, in user and system mode. Linux only. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // behind the name, which may hold anything
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])]; // fields 14 and 15 of proc_pid_stat(5)
  return (userTicks + systemTicks) / TICKS_PER_SECOND;
}
