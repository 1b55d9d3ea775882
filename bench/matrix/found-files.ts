import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { npmFolder, type PACKAGED, packagedFolder } from "../../scripts/testing/media.ts";
import { ROOT } from "../stack/processes.ts";

/** Gives a file's path; null where it cannot be had on this machine. */
export type Find = (folder: string) => Promise<string | null>;

/** Of an npm package that the lockfile names. */
export const inModules =
  (path: string): Find =>
  async () => {
    const file = join(ROOT, "node_modules", path);
    return existsSync(file) ? file : null;
  };

/** Of a Debian package. */
export const inDebian =
  (packageName: keyof typeof PACKAGED, name: string): Find =>
  async () => {
    const folder = await packagedFolder(ROOT, packageName);
    return folder === null ? null : join(folder, name);
  };

/** Apache-2.0; 45 MB, so that it is no dependency. */
const ATLASKIT = ["@atlaskit/media-test-data", "4.0.0"] as const;
/** Its files are modules that export a data URL. */
const ATLASKIT_FILES = "dist/es2019/itemsWithBinaries/sampleBinaries";

export const inAtlaskit =
  (name: string): Find =>
  async (folder) => {
    const found = await npmFolder(ROOT, ...ATLASKIT);
    if (found === null) return null;
    const text = await readFile(join(found, ATLASKIT_FILES, `${name}.js`), "utf8");
    const base64 = /data:[^;,]+;base64,([A-Za-z0-9+/=]+)/.exec(text)?.[1];
    if (base64 === undefined) throw new Error(`${ATLASKIT[0]} has no data in ${name}`);
    const file = join(folder, name);
    await writeFile(file, Buffer.from(base64, "base64"));
    return file;
  };

/** Several files one behind the other, as a player appends an init segment and a segment. */
export const joined =
  (...finds: readonly Find[]): Find =>
  async (folder) => {
    const files = await Promise.all(finds.map((find) => find(folder)));
    const parts = await Promise.all(files.map((file) => (file === null ? null : readFile(file))));
    const whole = parts.filter((part) => part !== null);
    if (whole.length < parts.length) return null;
    const file = join(folder, "joined");
    await writeFile(file, Buffer.concat(whole));
    return file;
  };
