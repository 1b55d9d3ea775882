import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { inTemporaryFolder, sweepTemporaryFolders } from "./temporary-folder.ts";

const DAY_MS = 86_400_000;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "playhead-sweep-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

it("goes with its work, whether that succeeds or fails", async () => {
  const seen = await inTemporaryFolder(
    "good",
    async (folder) => {
      await writeFile(join(folder, "file"), "x");
      return readdir(root);
    },
    root,
  );
  expect(seen).toEqual([expect.stringMatching(/^playhead-good-/)]);
  const failing = inTemporaryFolder("bad", () => Promise.reject(new Error("no")), root);
  await expect(failing).rejects.toThrow("no");
  expect(await readdir(root)).toEqual([]);
});

it("of a process that was killed is swept, and no other", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "temporary-child.ts"), root], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  const left = basename(String(line).trim());
  expect(await sweepTemporaryFolders(root)).toBe(0); // it lives
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;

  const foreign = left.replace(/^playhead-test-[0-9a-f]{8}/, "playhead-test-00000000");
  const others = [foreign, "playhead-test", left.replace("playhead", "somebody")];
  for (const name of others) await mkdir(join(root, name));
  await inTemporaryFolder(
    "mine",
    async (mine) => {
      expect(await sweepTemporaryFolders(root)).toBe(1);
      expect((await readdir(root)).sort()).toEqual([...others, basename(mine)].sort());
    },
    root,
  );
  expect(await sweepTemporaryFolders(root, Date.now() + 9 * DAY_MS)).toBe(1); // of another machine: by its age
  expect((await readdir(root)).sort()).toEqual(others.slice(1).sort());
});
