import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { livenessOf, ownIdentity } from "../eventlog/process-identity.ts";
import { WORKSPACE } from "./object-paths.ts";

/** A workspace whose owner cannot be seen from here (another container) is left alone for this long. */
const ABANDONED_MS = 24 * 3_600_000;
const OWNER_FILE = "owner.json";
const INTENT_SUFFIX = ".intent";

const Owner = z.object({ pid: z.number(), startTicks: z.number().nullable(), host: z.string() });
/** Byte files of one object that a killed process may have left without a link to them. */
const Intent = z.object({ link: z.string(), files: z.array(z.string()) });
export type Intent = z.infer<typeof Intent>;

/** Where this process writes before anything becomes visible; in the same file system as the objects. */
export class Workspace {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Also removes what killed processes left behind. */
  static async open(root: string): Promise<Workspace> {
    const parent = join(root, WORKSPACE);
    await mkdir(parent, { recursive: true });
    for (const name of await readdir(parent)) await cleanIfAbandoned(root, join(parent, name));
    const directory = join(parent, randomUUID());
    await mkdir(directory);
    await writeFile(join(directory, OWNER_FILE), JSON.stringify(await ownIdentity()));
    return new Workspace(directory);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Runs a change of one object so that, if it is killed, the next process removes the files it leaves without a link. */
  async withIntent<T>(intent: Intent, change: () => Promise<T>): Promise<T> {
    const path = this.path(randomUUID() + INTENT_SUFFIX);
    await writeFile(path, JSON.stringify(intent));
    const result = await change();
    await rm(path, { force: true });
    return result;
  }

  /** Byte files of one object that a change under way, of any process, may yet link to. */
  async intendedFiles(link: string): Promise<Set<string>> {
    const parent = dirname(this.directory);
    const files = new Set<string>();
    for (const owner of await readdir(parent)) {
      for (const name of await readdir(join(parent, owner)).catch(() => [])) {
        if (!name.endsWith(INTENT_SUFFIX)) continue;
        const intent = Intent.safeParse(await readJson(join(parent, owner, name)));
        if (intent.success && intent.data.link === link) for (const file of intent.data.files) files.add(file);
      }
    }
    return files;
  }
}

async function cleanIfAbandoned(root: string, directory: string): Promise<void> {
  if (!(await isAbandoned(directory))) return;
  for (const name of await readdir(directory).catch(() => [])) {
    if (name.endsWith(INTENT_SUFFIX)) await undo(root, join(directory, name));
  }
  await rm(directory, { recursive: true, force: true });
}

async function isAbandoned(directory: string): Promise<boolean> {
  const owner = Owner.safeParse(await readJson(join(directory, OWNER_FILE)));
  if (owner.success) {
    const liveness = await livenessOf(owner.data, await ownIdentity());
    if (liveness !== "unknown") return liveness === "dead";
  }
  const status = await stat(directory).catch(() => null);
  return status !== null && Date.now() - status.mtimeMs > ABANDONED_MS;
}

/** Removes an intent's files except the one that the link points to. Their names are unique: no other process has them. */
async function undo(root: string, path: string): Promise<void> {
  const intent = Intent.safeParse(await readJson(path));
  if (!intent.success) return; // torn: it was killed before it changed anything
  const link = join(root, intent.data.link);
  const current = await readlink(link).catch(() => null);
  for (const file of intent.data.files) if (file !== current) await rm(join(link, "..", file), { force: true });
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return null;
  }
}
