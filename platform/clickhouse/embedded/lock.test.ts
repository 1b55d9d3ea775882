import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeLock } from "./lock.ts";

describe("takeLock", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "playhead-"));
  });
  afterEach(() => rm(dataDir, { recursive: true }));
  const file = () => join(dataDir, "engine.lock");

  it("holds the folder until it is released", () => {
    const lock = takeLock(dataDir);
    expect(existsSync(file())).toBe(true);
    lock.release();
    expect(existsSync(file())).toBe(false);
  });

  it("names the living owner", async () => {
    await writeFile(file(), `${process.ppid} ?\n`);
    expect(() => takeLock(dataDir)).toThrow(`already running on ${dataDir} (pid ${process.ppid})`);
  });

  it.each([
    ["the owner is gone", "2147483646 1"],
    ["a power cut left it empty", ""],
    ["it holds rubbish", "no number"],
    ["a restarted container gave us the owner's process id", `${process.pid} 1`],
  ])("takes the folder over when %s", async (_case, content) => {
    await writeFile(file(), content);
    takeLock(dataDir).release();
  });

  it.runIf(process.platform === "linux")("takes the folder over from a recycled process id", async () => {
    await writeFile(file(), `${process.ppid} 1\n`);
    const lock = takeLock(dataDir);
    expect(await readFile(file(), "utf8")).toMatch(new RegExp(`^${process.pid} \\d+\n$`));
    lock.release();
  });

  it("does not remove the lock of a successor", async () => {
    const lock = takeLock(dataDir);
    await writeFile(file(), `${process.ppid} ?\n`);
    lock.release();
    expect(existsSync(file())).toBe(true);
  });
});
