import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { judgeTrace, type TraceJudgement } from "./judge-trace.ts";

export interface Trace {
  /** Stops following and judges what was seen. */
  end(): Promise<TraceJudgement>;
}

const CALLS =
  "execve,execveat,connect,sendto,open,openat,openat2,creat,unlink,unlinkat,rename,renameat,renameat2,clone,clone3,fork,vfork";
const ATTACH_MS = 10_000;

/**
 * Follows a process and all that it starts with strace. Null where there is no strace, or none may look.
 *
 * @param file where strace writes
 * @param folders in which programs that are judged may open files
 */
export async function startTrace(pid: number, file: string, folders: readonly string[]): Promise<Trace | null> {
  const options = ["-f", "-q", "-s", "300", "--pidns-translation", "-e", `trace=${CALLS}`, "-e", "signal=none"];
  const strace = spawn("strace", [...options, "-o", file, "-p", String(pid)], { stdio: "ignore" });
  const ended = once(strace, "exit").catch(() => null);
  if (!(await isAttached(strace, pid))) return null;
  return {
    end: async () => {
      strace.kill("SIGINT"); // it lets go of everybody
      await ended;
      return judgeTrace(await readFile(file, "utf8"), folders);
    },
  };
}

async function isAttached(strace: ChildProcess, pid: number): Promise<boolean> {
  let isGone = false;
  strace.once("error", () => {
    isGone = true;
  });
  strace.once("exit", () => {
    isGone = true;
  });
  for (const deadlineMs = performance.now() + ATTACH_MS; performance.now() < deadlineMs; await sleep(50)) {
    if (isGone) return false;
    if (/^TracerPid:\s+[1-9]/m.test(await readFile(`/proc/${pid}/status`, "utf8"))) return true;
  }
  strace.kill("SIGKILL");
  return false;
}
