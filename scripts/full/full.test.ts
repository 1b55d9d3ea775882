import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sourcesHash } from "../sources-hash.ts";
import { parseFullArguments } from "./arguments.ts";
import { PARTS, type Part } from "./parts.ts";
import { renderResult, withoutSecrets } from "./result.ts";
import { resultFile, staleParts } from "./stale-parts.ts";

const part: Part = { name: "fuzz", shows: "It holds.", covers: ["domain/**"], command: ["fuzz.ts"], minutes: 3 };

describe("the age of a result", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "playhead-parts-"));
    write("domain/fold.ts", "one");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("is told when there is none", async () => {
    expect(await staleParts(root, [part])).toEqual([expect.stringContaining("fuzz has no result")]);
  });

  it("is told when covered code changed or moved, and not before", async () => {
    await writeResult();
    write("server/other.ts", "new");
    write("domain/fold.test.ts", "tests are no code");
    expect(await staleParts(root, [part])).toEqual([]);
    write("domain/fold.ts", "two");
    expect(await staleParts(root, [part])).toEqual([expect.stringContaining("its code has changed")]);
    write("domain/fold.ts", "one");
    expect(await staleParts(root, [part])).toEqual([]);
    write("domain/new.ts", "");
    expect(await staleParts(root, [part])).toHaveLength(1);
  });

  async function writeResult(): Promise<void> {
    const machine = { commit: "abc", isDirty: false, description: "two cores" };
    const hash = await sourcesHash(root, part.covers);
    const outcome = { code: 0, lastLines: ["p50 0.4 s"], hash, startedAt: new Date(0), tookMs: 1, machine };
    write(relative(root, resultFile(root, part)), renderResult(part, outcome));
  }

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});

describe("parseFullArguments", () => {
  it("takes no name for all parts", () => {
    expect(parseFullArguments(["--resume"], PARTS)).toEqual({ kind: "run", parts: PARTS, resume: true });
  });

  it("refuses a name that is no part, rather than running nothing and passing", () => {
    expect(parseFullArguments(["latency", "latancy"], PARTS)).toMatchObject({ kind: "wrong" });
  });
});

it("writes no keys of the installation it tried into the result", () => {
  const token = `${crypto.randomUUID()}:${"Ab3_-".repeat(15)}`;
  const lines = `Sign in  admin@playhead.local  sfdx-garz-27hx-d22h\n  curl -u ${token} -H "x"`;
  expect(withoutSecrets(lines)).toBe('Sign in  admin@playhead.local  PASSWORD\n  curl -u TOKEN_ID:TOKEN_SECRET -H "x"');
});
