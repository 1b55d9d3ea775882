import { createHash } from "node:crypto";
import { chmod, cp, lchown, mkdir, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { PostgresBinaries } from "./binaries.ts";
import type { Account } from "./runner.ts";

const RELOCATION_BASE = "/var/lib";

/**
 * Puts binaries and data where an unprivileged user reaches them: `/var/lib/playhead-<hash of the data folder>`.
 * The file `relocated` in the data folder says that the data lies there; without it (first start, or the data folder was
 * removed to begin anew) what an earlier life left there is removed. An existing cluster is moved over.
 */
export async function relocate(
  dataDir: string,
  binaries: PostgresBinaries,
  account: Account,
): Promise<{ home: string; binaries: PostgresBinaries }> {
  const home = join(RELOCATION_BASE, `playhead-${await folderHash(dataDir)}`);
  await mkdir(home, { recursive: true });
  await chmod(home, 0o755);
  await lchown(home, account.uid, account.gid);

  const marker = join(dataDir, "relocated");
  if (!(await exists(marker))) {
    await moveCluster(join(dataDir, "cluster"), join(home, "cluster"), account);
    await writeFile(marker, `${home}\n`);
  }
  await rm(join(dataDir, "cluster"), { recursive: true, force: true });
  return { home, binaries: await copyBinaries(home, binaries) };
}

async function moveCluster(from: string, to: string, account: Account): Promise<void> {
  await rm(to, { recursive: true, force: true });
  if (!(await exists(from))) return;
  const half = `${to}.copy`;
  await rm(half, { recursive: true, force: true });
  await cp(from, half, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  await giveTo(half, account);
  await chmod(half, 0o700);
  await rename(half, to);
}

/** Copies once per installed release: the release's own age names the folder, so an upgrade makes a new one. */
async function copyBinaries(home: string, binaries: PostgresBinaries): Promise<PostgresBinaries> {
  const { mtimeMs, size } = await stat(binaries.postgres);
  const name = `${binaries.platform}-${size}-${Math.floor(mtimeMs)}`;
  const root = join(home, name);
  if (!(await exists(root))) {
    for (const old of await readdir(home)) {
      if (old.startsWith(binaries.platform)) await rm(join(home, old), { recursive: true, force: true });
    }
    const half = join(home, `${name}.copy`);
    await cp(binaries.root, half, { recursive: true, verbatimSymlinks: true });
    await chmod(half, 0o755);
    await rename(half, root);
  }
  const inside = (path: string): string => join(root, basename(dirname(path)), basename(path));
  return { ...binaries, root, postgres: inside(binaries.postgres), initdb: inside(binaries.initdb) };
}

async function giveTo(path: string, account: Account): Promise<void> {
  await lchown(path, account.uid, account.gid);
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    await lchown(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
}

async function folderHash(path: string): Promise<string> {
  return createHash("sha256")
    .update(await realpath(path))
    .digest("hex")
    .slice(0, 12);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
