import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sourceFiles, sourcesHash } from "../sources-hash.ts";
import { parseFullArguments } from "./arguments.ts";
import { judgesOf } from "./judges.ts";
import { PARTS, type Part } from "./parts.ts";
import { renderResult, withoutSecrets } from "./result.ts";
import { resultFile, staleParts } from "./stale-parts.ts";

const ROOT = join(import.meta.dirname, "../..");

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

  it("is told when a test that is itself covered changed", async () => {
    const judged = { ...part, covers: ["domain/fold.test.ts"] };
    write("domain/fold.test.ts", "expects nothing");
    const before = await sourcesHash(root, judged.covers);
    write("domain/fold.test.ts", "expects something");
    expect(await sourcesHash(root, judged.covers)).not.toBe(before);
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

  it("is told when it is a failure", async () => {
    await writeResult(1);
    expect(await staleParts(root, [part])).toEqual([expect.stringContaining("fuzz failed")]);
  });

  async function writeResult(code = 0): Promise<void> {
    const machine = { commit: "abc", isDirty: false, description: "two cores" };
    const hash = await sourcesHash(root, part.covers);
    const outcome = { code, lastLines: ["p50 0.4 s"], hash, startedAt: new Date(0), tookMs: 1, machine };
    write(relative(root, resultFile(root, part)), renderResult(part, outcome));
  }

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});

describe("what a part covers", () => {
  it.each(PARTS)("$name: its own judges are among it", async (one) => {
    const judges = judgesOf(ROOT, one);
    const covered = await sourceFiles(ROOT, one.covers);
    const isCovered = (judge: string) =>
      covered.includes(judge) || covered.some((file) => file.startsWith(`${judge}/`) && file.endsWith(".test.ts"));
    expect(judges).not.toEqual([]);
    expect(judges.filter((judge) => !isCovered(judge))).toEqual([]);
  });

  it("judges are found through what they mention: processes that are started, too", () => {
    const latency = PARTS.filter(({ name }) => name === "latency").flatMap((one) => judgesOf(ROOT, one));
    expect(latency).toEqual(expect.arrayContaining(["bench/latency.ts", "bench/latency/floor-server.ts"]));
    expect(latency).toContain("scripts/simulate/run.ts");
  });
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
