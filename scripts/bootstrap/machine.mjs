// Plain JavaScript for Node 18 and later, without packages: this runs before anything is installed.
import { statfsSync } from "node:fs";

const PLATFORMS = ["linux x64", "linux arm64", "darwin x64", "darwin arm64"];
const OLDEST_NODE = 18;

/** node_modules takes 1.5 GB and npm's cache 0.6 GB beside it (measured November 2026). */
const INSTALL_BYTES = 2.5e9;

/** Below this the databases refuse writes sooner or later; better said before than found in a log. */
const RUN_BYTES = 5e8;

/**
 * Why this machine cannot run Playhead, as one line, or null.
 * @param {{ platform: string, arch: string, nodeVersion: string, isMusl: boolean }} machine
 */
export function unsupported({ platform, arch, nodeVersion, isMusl }) {
  if (platform === "win32") return "Windows is not supported by itself: run Playhead in WSL 2 (a Linux distribution).";
  if (!PLATFORMS.includes(`${platform} ${arch}`)) {
    return `${platform} on ${arch} is not supported: Playhead runs on Linux and macOS, x64 and arm64.`;
  }
  if (isMusl) return "Linux with musl (Alpine) is not supported: the embedded databases need glibc.";
  if (Number.parseInt(nodeVersion, 10) < OLDEST_NODE) {
    return `Node.js ${nodeVersion} is too old to begin with: ${OLDEST_NODE} or newer is needed (the rest is brought along).`;
  }
  return null;
}

/** This machine, as {@link unsupported} asks for it. */
export function thisMachine() {
  const { platform, arch, versions } = process;
  const isMusl = platform === "linux" && process.report?.getReport?.().header?.glibcVersionRuntime === undefined;
  return { platform, arch, nodeVersion: versions.node, isMusl };
}

/**
 * Why the disk is too full, as one line, or null; null too where the system does not tell (Node before 18.15).
 * @param {string} folder
 * @param {"install" | "run"} purpose
 */
export function diskTooFull(folder, purpose) {
  const freeBytes = freeBytesOf(folder);
  const neededBytes = purpose === "install" ? INSTALL_BYTES : RUN_BYTES;
  if (freeBytes === null || freeBytes >= neededBytes) return null;
  const what = purpose === "install" ? "to install its packages" : "to run";
  return `The disk of ${folder} is nearly full: ${megabytes(freeBytes)} free, Playhead needs ${megabytes(neededBytes)} ${what}.`;
}

function freeBytesOf(folder) {
  if (typeof statfsSync !== "function") return null;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function megabytes(bytes) {
  return `${Math.floor(bytes / 1e6)} MB`;
}
