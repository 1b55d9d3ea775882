import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

/** Who holds a lease. A pid alone is not enough: it is reused, and another container has its own numbering. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot, from /proc; null where there is no /proc. */
  startTicks: number | null;
  /** Boot and pid namespace in which `pid` means something; the host name where there is no /proc. */
  host: string;
}

export type Liveness = "alive" | "dead" | "unknown";

export async function ownIdentity(): Promise<ProcessIdentity> {
  const stat = await processStat(process.pid);
  const host =
    stat === null
      ? hostname()
      : `${(await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim()} ${await readlink("/proc/self/ns/pid")}`;
  return { pid: process.pid, startTicks: stat?.startTicks ?? null, host };
}

/** "unknown" when this process cannot see the other: then only its heartbeat tells. */
export async function livenessOf(owner: ProcessIdentity, self: ProcessIdentity): Promise<Liveness> {
  if (owner.host !== self.host) return "unknown";
  if (owner.startTicks === null) return pidExists(owner.pid) ? "unknown" : "dead";
  const stat = await processStat(owner.pid);
  if (stat === null || stat.startTicks !== owner.startTicks) return "dead";
  return stat.state === "Z" || stat.state === "X" ? "dead" : "alive"; // killed, but its parent has not collected it
}

/** /proc/<pid>/stat, proc_pid_stat(5): the name in brackets may hold anything, so fields are counted after the last ")". */
async function processStat(pid: number): Promise<{ state: string; startTicks: number } | null> {
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields[0], fields[19]];
  return state === undefined || startTicks === undefined ? null : { state, startTicks: Number(startTicks) };
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
