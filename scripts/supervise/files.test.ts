import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDataFolder } from "./data-folder.ts";
import { takeLock } from "./folder-lock.ts";
import { LogFile } from "./log-file.ts";
import { LineCutter, troubleIn } from "./log-lines.ts";
import { secretsOf } from "./secrets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "playhead-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("takeLock", () => {
  const file = (): string => join(folder, "lock");

  it("names the living holder", () => {
    const first = takeLock(file());
    expect(first.kind).toBe("taken");
    expect(takeLock(file())).toEqual({ kind: "held", pid: process.pid });
    if (first.kind === "taken") first.release();
    expect(takeLock(file())).toMatchObject({ kind: "taken", wasStale: false });
  });

  it("takes over from the dead", () => {
    const dead = spawnSync("/bin/true").pid;
    writeFileSync(file(), JSON.stringify({ pid: dead, startedAt: "1" }));
    expect(takeLock(file())).toMatchObject({ kind: "taken", wasStale: true });
  });

  // After a reboot the number in the lock soon belongs to somebody else.
  it.runIf(process.platform === "linux")(
    "takes a process with the same number but another start for a stranger",
    () => {
      writeFileSync(file(), JSON.stringify({ pid: process.pid, startedAt: "1" }));
      expect(takeLock(file())).toMatchObject({ kind: "taken", wasStale: true });
    },
  );
});

describe("the data folder", () => {
  it("is its owner's alone, and empty() leaves the lock and empty folders", () => {
    const data = openDataFolder(join(folder, "data"));
    writeFileSync(join(data.path, "secrets.json"), "{}");
    data.empty();
    expect(statSync(data.path).mode & 0o777).toBe(0o700);
    expect(readdirSync(data.path).sort()).toEqual(["eventlog", "lock", "logs", "objects"]);
    data.release();
    expect(readdirSync(data.path).sort()).toEqual(["eventlog", "logs", "objects"]);
  });
});

describe("secretsOf", () => {
  it("makes them once, for its owner's eyes, in the forms that the wire wants", () => {
    const file = join(folder, "secrets.json");
    const secrets = secretsOf(file);
    expect(secretsOf(file)).toEqual(secrets);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(secrets.tokenSecret).toMatch(/^[A-Za-z0-9]{75}$/);
    expect(secrets.environmentKey).toMatch(/^[a-z0-9]{26}$/);
  });

  it("adds what an older folder does not have, once, and touches nothing else", () => {
    const file = join(folder, "secrets.json");
    const { transcoderSecret, grantSecret, ...older } = secretsOf(file);
    writeFileSync(file, JSON.stringify(older));
    const upgraded = secretsOf(file);
    const made = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(upgraded).toEqual({ ...older, transcoderSecret: made, grantSecret: made });
    expect(upgraded.grantSecret).not.toBe(grantSecret);
    expect(upgraded.transcoderSecret).not.toBe(transcoderSecret);
    expect(secretsOf(file)).toEqual(upgraded);
    const { postgresPassword: _, ...damaged } = older;
    writeFileSync(file, JSON.stringify(damaged));
    expect(() => secretsOf(file)).toThrow(/postgresPassword/);
  });
});

describe("LogFile", () => {
  it("keeps one older generation", () => {
    const path = join(folder, "edge.log");
    const log = new LogFile(path, 100);
    for (let line = 0; line < 50; line += 1) log.write(`line ${line} of the log\n`);
    log.close();
    expect(readdirSync(folder).sort()).toEqual(["edge.log", "edge.log.1"]);
    const kept = readFileSync(`${path}.1`, "utf8") + readFileSync(path, "utf8");
    expect(kept.endsWith("line 49 of the log\n")).toBe(true);
    expect(kept.length).toBeLessThanOrEqual(250);
  });
});

describe("log lines", () => {
  it("are cut across chunks", () => {
    const cutter = new LineCutter();
    expect([cutter.push("a\nb"), cutter.push(""), cutter.push("c\n\nd")]).toEqual([["a"], [], ["bc", ""]]);
  });

  it("show errors in short and nothing else", () => {
    const line = JSON.stringify({ level: "fatal", err: { message: "no disk\nat x" }, msg: "program failed" });
    expect(troubleIn(line)).toBe("program failed: no disk");
    expect(troubleIn(JSON.stringify({ level: "info", msg: 'said "level":"error"' }))).toBeNull();
    expect(troubleIn('plain text with "level":"error" in it')).toBeNull();
  });
});
