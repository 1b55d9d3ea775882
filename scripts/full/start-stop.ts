import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Account, type Figures, tryStartStop } from "./start-stop-trial.ts";

/**
 * `npm start` as a stranger meets it: a clean clone in a folder of mode 0700, packages from the registry, then stop and
 * start again; after that the same tree as an ordinary user. Prints a table and fails when a promise is broken.
 */
const ROOT = dirname(dirname(import.meta.dirname));

const folder = mkdtempSync(join(tmpdir(), "playhead-start-stop-"));
let broken: string[] = [];
try {
  const rows: [string, Figures][] = [];
  const isRoot = process.getuid?.() === 0;
  const hidden = join(folder, "hidden");
  mkdirSync(hidden, { mode: 0o700 });
  const clone = join(hidden, "playhead");
  execFileSync("git", ["clone", "--quiet", "--no-hardlinks", ROOT, clone], { stdio: "inherit" });
  rows.push([`clean clone, mode 0700, ${isRoot ? "root" : "this user"}`, await tryStartStop(clone, null)]);
  if (isRoot) rows.push(["ordinary user, no build", await tryStartStop(copyFor(nobody(), clone), nobody())]);

  console.log("\n| who | first ready | again | after --fresh | stop by TERM | stop by Ctrl-C | stop by kill -9 |");
  console.log("|---|---|---|---|---|---|---|");
  for (const [who, f] of rows) {
    const times = [f.firstMs, f.againMs, f.freshMs, f.termMs, f.interruptMs, f.killMs];
    console.log(`| ${who} | ${times.map((ms) => `${(ms / 1_000).toFixed(1)} s`).join(" | ")} |`);
  }
  broken = rows.flatMap(([who, figures]) => figures.broken.map((promise) => `${who}: ${promise}`));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const promise of broken) console.log(`BROKEN  ${promise}`);
process.exitCode = broken.length === 0 ? 0 : 1;

/** A copy of the installed tree, without data and build, that belongs to that account. */
function copyFor(account: Account, clone: string): string {
  const copy = join(folder, "open/playhead");
  chmodSync(folder, 0o755);
  const leftOut = [join(clone, ".playhead"), join(clone, ".next")];
  cpSync(clone, copy, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: (from) => !leftOut.includes(from),
  });
  mkdirSync(account.home);
  execFileSync("chown", ["-R", `${account.uid}:${account.gid}`, dirname(copy), account.home]);
  return copy;
}

function nobody(): Account {
  const id = (flag: string): number => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g"), home: join(folder, "home") };
}
