import { withInstallLock } from "./install-lock.mjs";
import { diskTooFull, thisMachine, unsupported } from "./machine.mjs";
import { installPackages, packagesAreCurrent } from "./packages.mjs";

/** Between two signs of life while npm is silent, when nobody watches a terminal. */
const QUIET_MS = 15_000;

/**
 * Makes sure that this machine can run the repository and that its packages are installed.
 * Ends the process with one clear line when it cannot.
 */
export async function prepare(root) {
  refuse(unsupported(thisMachine()));
  if (packagesAreCurrent(root)) return refuse(diskTooFull(root, "run"));
  refuse(diskTooFull(root, "install"));
  const startedMs = Date.now();
  const stopProgress = showProgress(startedMs);
  try {
    await withInstallLock(root, async () => {
      if (!packagesAreCurrent(root)) await installPackages(root); // somebody else may have, meanwhile
    });
  } catch (error) {
    stopProgress();
    refuse(diskTooFull(root, "run") ?? `The packages could not be installed. ${error.message}`);
  }
  stopProgress();
  console.log(`  ✓ packages ${seconds(startedMs)}`);
}

/** Ends the process with that line; does nothing for null. */
export function refuse(line) {
  if (line === null) return;
  console.error(`playhead: ${line}`);
  process.exit(1);
}

function showProgress(startedMs) {
  const onTerminal = process.stdout.isTTY;
  if (!onTerminal) console.log("  installing packages (a minute or two, once)");
  const show = () => {
    const line = `  installing packages, once … ${seconds(startedMs)}`;
    if (onTerminal) process.stdout.write(`\r${line}`);
    else console.log(line);
  };
  const timer = setInterval(show, onTerminal ? 200 : QUIET_MS);
  return () => {
    clearInterval(timer);
    if (onTerminal) process.stdout.write("\r\x1b[K");
  };
}

function seconds(startedMs) {
  return `${((Date.now() - startedMs) / 1_000).toFixed(1)} s`;
}
