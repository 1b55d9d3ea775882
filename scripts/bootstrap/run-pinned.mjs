import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { whenNpmGoes } from "./npm-parent.mjs";
import { pinnedNode } from "./packages.mjs";

/**
 * Ctrl-C reaches us twice: from the terminal, and from npm, which passes on what it got from the same key.
 * Within this time two signals are one; a later one is a person in a hurry.
 */
const SAME_SIGNAL_MS = 700;

/** The script promises to end within 10 s of a signal; after this nobody waits for it any more. */
const PATIENCE_MS = 11_000;

const NPM_WATCH_MS = 500;

/**
 * Runs a script of this repository under the pinned Node and resolves with its exit code.
 *
 * The script lives in a process group of its own, so that exactly one stop reaches it, whether INT or TERM came to the
 * whole group, to npm or to us. It holds our end of its standard input: when we die without a word, it sees the end.
 * When npm dies without a word (kill -9), we ask the script to stop.
 */
export function runPinned(root, script, args) {
  const child = spawn(pinnedNode(root), [join(root, script), ...args], {
    env: { ...process.env, ...variables(root) },
    stdio: ["pipe", "inherit", "inherit"],
    detached: true,
  });
  child.stdin.on("error", () => {}); // the script ended first: its exit says so
  const stop = stopper(child);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(signal));
  if (process.env["npm_lifecycle_event"] !== undefined) whenNpmGoes(() => stop("SIGTERM"), NPM_WATCH_MS);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

function variables(root) {
  return {
    PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}`,
    PLAYHEAD_SUPERVISED: "1",
    PLAYHEAD_STARTED_MS: String(Math.round(performance.timeOrigin)),
  };
}

function stopper(child) {
  let lastMs = Number.NEGATIVE_INFINITY;
  let kill = null;
  return (signal) => {
    const nowMs = Date.now();
    if (nowMs - lastMs < SAME_SIGNAL_MS) return;
    lastMs = nowMs;
    child.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
    kill ??= setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    kill.unref();
  };
}
