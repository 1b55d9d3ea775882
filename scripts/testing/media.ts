import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, glob, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Films that real cameras and people made, from packages of Debian: what generated pictures do not have. */
export interface TestMedia {
  /** 1280 × 720, 20 frames/s, 14 s, H.264 4:4:4 that no browser plays, MP3 (python3-imageio). */
  cockatoo: string;
  /** 480 × 352, 30 frames/s, 3 minutes, standard H.264 and AAC (openboard-common). */
  wannaworktogether: string;
}

const FILES: Record<keyof TestMedia, { package: string; file: string }> = {
  cockatoo: { package: "python3-imageio", file: "cockatoo.mp4" },
  wannaworktogether: { package: "openboard-common", file: "wannaworktogether.mp4" },
};

/** Both packages are 14 MB together. */
const LIMIT_MS = 120_000;
const run = promisify(execFile);

/**
 * The films, fetched once into `node_modules/.cache/media`; packages are unpacked there and never installed. Null where that is
 * impossible: no Debian, no network, no lists of packages.
 */
export async function testMedia(root: string): Promise<TestMedia | null> {
  const folder = join(root, "node_modules/.cache/media");
  const names = Object.keys(FILES) as (keyof TestMedia)[];
  try {
    const entries = await Promise.all(names.map(async (name) => [name, await provide(folder, FILES[name])] as const));
    return Object.fromEntries(entries) as Record<keyof TestMedia, string>;
  } catch {
    return null; // tests that need them say that they are left out
  }
}

async function provide(folder: string, wanted: { package: string; file: string }): Promise<string> {
  const path = join(folder, wanted.file);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, "fetch-"));
  try {
    await download(wanted.package, work);
    const unpacked = join(work, "unpacked");
    for await (const archive of glob("*.deb", { cwd: work })) await run("dpkg", ["-x", join(work, archive), unpacked]);
    for await (const found of glob(`**/${wanted.file}`, { cwd: unpacked })) {
      await copyFile(join(unpacked, found), join(work, wanted.file));
      await rename(join(work, wanted.file), path);
      return path;
    }
    throw new Error(`${wanted.package} has no ${wanted.file}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Images come without lists of packages, which only root can fetch. */
async function download(name: string, folder: string): Promise<void> {
  const options = { cwd: folder, timeout: LIMIT_MS };
  try {
    await run("apt-get", ["download", name], options);
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    await run("apt-get", ["update"], options);
    await run("apt-get", ["download", name], options);
  }
}
