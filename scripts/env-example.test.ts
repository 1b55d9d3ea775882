import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = dirname(import.meta.dirname);

/** A variable in a schema of a `config.ts`, or in the options of one that reads a single value. */
const IN_CONFIG = /^\s+([A-Z][A-Z0-9_]{2,}):/gm;

const IN_EXAMPLE = /^# ([A-Z][A-Z0-9_]{2,})=/gm;

/** Besides `config.ts`: the bootstrap, which runs before TypeScript does; tests and benchmarks, which hand theirs on. */
const READERS = /(^|\/)config\.ts$|\.test\.tsx?$|^scripts\/bootstrap\/|^bench\//;

describe(".env.example", () => {
  it("lists exactly the variables that the programs read", async () => {
    const read = new Set<string>();
    for (const file of await sources("config.ts")) for (const name of names(file, IN_CONFIG)) read.add(name);
    expect(names(".env.example", IN_EXAMPLE).sort()).toEqual([...read].sort());
  });
});

describe("the environment", () => {
  it("is read in config.ts and nowhere else", async () => {
    const files = await sources("*.{ts,tsx,mjs}");
    const readers = files.filter((file) => readFileSync(join(ROOT, file), "utf8").includes("process.env"));
    expect(readers.filter((file) => !READERS.test(file))).toEqual([]);
  });
});

async function sources(pattern: string): Promise<string[]> {
  const files: string[] = [];
  const folders = "{app,server,collector,delivery,transcoder,domain,platform,scripts,bench}";
  for await (const file of glob(`${folders}/**/${pattern}`, { cwd: ROOT })) files.push(file);
  return files;
}

function names(file: string, pattern: RegExp): string[] {
  return [...new Set([...readFileSync(join(ROOT, file), "utf8").matchAll(pattern)].map(([, name]) => name ?? ""))];
}
