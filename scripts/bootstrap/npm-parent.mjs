import { readFileSync } from "node:fs";

const SHELLS = ["sh", "dash", "bash", "ash", "zsh"];

/**
 * Calls `then` once when the npm that runs us is gone, however it died. Its child is us, or a shell that it started for
 * our command line (`sh -c "node scripts/start.mjs"`) and that outlives it: Debian's does not replace itself.
 */
export function whenNpmGoes(then, everyMs) {
  const parent = process.ppid;
  const above = isCommandShell(parent) ? parentOf(parent) : null;
  const timer = setInterval(() => {
    if (process.ppid === parent && (above === null || parentOf(parent) === above)) return;
    clearInterval(timer);
    then();
  }, everyMs);
  timer.unref();
}

function isCommandShell(pid) {
  const [program = "", flag] = read(`/proc/${pid}/cmdline`).split("\0");
  return SHELLS.includes(program.split("/").pop() ?? "") && flag === "-c";
}

/** Null where the system has no /proc (macOS: there the shell does replace itself). */
function parentOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return parent === undefined ? null : Number(parent);
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
