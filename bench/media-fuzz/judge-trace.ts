/** What ffmpeg and ffprobe did in a trace. */
export interface TraceJudgement {
  /** Starts of one of them. */
  runs: number;
  opens: number;
  /** Connections, processes, programs and files that are none of theirs, each once. */
  wrong: string[];
}

/** `1234 openat(AT_FDCWD, "/usr/lib/…", O_RDONLY) = 3`, or its first or second half when another's line came between. */
const LINE = /^(\d+)\s+(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)$/;
const RESULT = /= (-?\d+)(?: \/\* (\d+) in strace's PID NS \*\/)?[^=]*$/;
const PROGRAM = /\/(ffmpeg|ffprobe)$/;
/** Libraries, and what the loader and the C library look at. */
const SYSTEM = [
  "/usr/",
  "/lib/",
  "/lib64/",
  "/etc/ld.so.",
  "/etc/alternatives/",
  "/nix/store/",
  "/sys/devices/system/",
];
/** Initialisers of libraries that ffmpeg is linked with look at these (libselinux, libgcrypt, OpenCL, OpenBLAS). */
const SINGLE = [
  "/dev/null",
  "/dev/urandom",
  "/proc/self/",
  "/proc/cpuinfo",
  "/proc/meminfo",
  "/proc/filesystems",
  "/proc/mounts",
  "/proc/stat",
  "/proc/sys/",
  "/etc/gcrypt/",
  "/etc/selinux/",
  "/etc/localtime",
  "/sys/fs/cgroup/",
];

interface Call {
  pid: number;
  name: string;
  text: string;
}

/**
 * Judges what strace wrote: from the moment a process has become ffmpeg, it and its threads may open files of the system and
 * of the given folders, and do nothing else.
 */
export function judgeTrace(text: string, folders: readonly string[]): TraceJudgement {
  const calls = text.split("\n").flatMap(callOf);
  const judged = new Set<number>();
  const starting = new Map<number, string>();
  const threads = threadsOf(calls);
  const wrong = new Set<string>();
  let [runs, opens] = [0, 0];
  for (const { pid, name, text } of calls) {
    if (name === "execve" || name === "execveat") {
      const path = /"([^"]*)"/.exec(text)?.[1];
      if (judged.has(pid) && path !== undefined) wrong.add(`execve ${path}`);
      if (path !== undefined) starting.set(pid, path);
      if (RESULT.exec(text)?.[1] === "0" && PROGRAM.test(starting.get(pid) ?? "")) {
        judged.add(pid);
        runs += 1;
      }
      continue;
    }
    if (!judged.has(threads.get(pid) ?? pid)) continue;
    if (/^(clone3?|v?fork)$/.test(name)) {
      if (/\(|flags=/.test(text) && !text.includes("CLONE_THREAD") && text.includes("flags="))
        wrong.add(`${name}: a process`);
      if (name === "fork" || name === "vfork") wrong.add(name);
      continue;
    }
    if (name === "connect" || name === "sendto") wrong.add(`${name}(${text.slice(0, 120)})`);
    const path = /"([^"]*)"/.exec(text)?.[1];
    if (path === undefined) continue; // the second half of a call
    opens += 1;
    if (!isTheirs(path, folders)) wrong.add(`${name} ${path}`);
  }
  return { runs, opens, wrong: [...wrong] };
}

function callOf(line: string): Call[] {
  const [, pid, name, text] = LINE.exec(line) ?? [];
  return pid === undefined || name === undefined || text === undefined ? [] : [{ pid: Number(pid), name, text }];
}

/** Threads, and the process that they are part of. */
function threadsOf(calls: readonly Call[]): Map<number, number> {
  const owners = new Map<number, number>();
  const isThread = new Map<number, boolean>();
  for (const { pid, name, text } of calls) {
    if (!/^clone3?$/.test(name)) continue;
    if (text.includes("flags=")) isThread.set(pid, text.includes("CLONE_THREAD"));
    const [, inner, outer] = RESULT.exec(text) ?? [];
    const child = Number(outer ?? inner);
    if (child > 0 && isThread.get(pid) === true) owners.set(child, owners.get(pid) ?? pid);
  }
  return owners;
}

/** A relative path stands in the private folder. */
function isTheirs(path: string, folders: readonly string[]): boolean {
  if (path.includes("..") && !SYSTEM.some((start) => path.startsWith(start))) return false;
  if (!path.startsWith("/")) return true;
  return [...SYSTEM, ...SINGLE, ...folders].some((start) => path.startsWith(start));
}
