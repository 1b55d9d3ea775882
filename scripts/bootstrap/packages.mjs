import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const STAMP = "node_modules/.playhead-packages";

/** npm writes the two lockfiles of one installation within moments of each other, in either order. */
const SAME_INSTALL_MS = 5_000;

/** How much of npm's output is shown when it fails. */
const TAIL_LINES = 15;

/** The Node that package-lock.json pins; everything after the bootstrap runs on it. */
export function pinnedNode(root) {
  return join(root, "node_modules/node/bin/node");
}

/** True when node_modules is what package-lock.json asks for. Costs one read of the lockfile, about 1 ms. */
export function packagesAreCurrent(root) {
  if (!existsSync(pinnedNode(root))) return false;
  const wanted = lockfileHash(root);
  if (readOr(join(root, STAMP), "") === wanted) return true;
  if (!installedByHand(root)) return false;
  writeFileSync(join(root, STAMP), wanted);
  return true;
}

/** Installs exactly what package-lock.json says. Rejects with npm's last lines when that fails. */
export async function installPackages(root) {
  const flags = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const npmScript = process.env["npm_execpath"];
  const [command, args] = npmScript?.endsWith(".js") ? [process.execPath, [npmScript, ...flags]] : ["npm", flags];
  await run(command, args, root);
  if (!existsSync(pinnedNode(root))) {
    throw new Error("the pinned Node is missing after npm ci: npm must be allowed to run the install script of `node`");
  }
  writeFileSync(join(root, STAMP), lockfileHash(root));
}

function lockfileHash(root) {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/** npm leaves its own record of what it installed; when that is no older than the lockfile, the packages are right. */
function installedByHand(root) {
  const record = join(root, "node_modules/.package-lock.json");
  if (!existsSync(record) || existsSync(join(root, STAMP))) return false;
  return statSync(record).mtimeMs + SAME_INSTALL_MS >= statSync(join(root, "package-lock.json")).mtimeMs;
}

function readOr(file, fallback) {
  return existsSync(file) ? readFileSync(file, "utf8") : fallback;
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let interrupted = false;
    const interrupt = () => {
      interrupted = true;
      child.kill("SIGTERM");
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, interrupt);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output = (output + chunk).slice(-20_000);
      });
    }
    child.once("error", reject);
    child.once("close", (code) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, interrupt);
      if (interrupted) process.exit(130);
      if (code === 0) resolve();
      else reject(new Error(`npm ci ended with ${code}:\n${output.trim().split("\n").slice(-TAIL_LINES).join("\n")}`));
    });
  });
}
