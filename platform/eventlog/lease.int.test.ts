import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireLease, type LeaseAttempt } from "./lease.ts";
import { livenessOf, ownIdentity, type ProcessIdentity } from "./process-identity.ts";

describe("lease", () => {
  let directory: string;
  let self: ProcessIdentity;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "playhead-lease-"));
    self = await ownIdentity();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const acquire = (): Promise<LeaseAttempt> => acquireLease(directory, "x.lease", self);
  const leaveBehind = (owner: ProcessIdentity): Promise<void> =>
    writeFile(join(directory, "x.lease.7"), JSON.stringify(owner));

  it("goes to exactly one of many who find its holder dead", async () => {
    for (let round = 0; round < 40; round += 1) {
      await rm(directory, { recursive: true });
      directory = await mkdtemp(join(tmpdir(), "playhead-lease-"));
      await leaveBehind({ ...self, pid: 2 ** 30 });
      const attempts = await Promise.all(Array.from({ length: 8 }, acquire));
      expect(attempts.filter(({ kind }) => kind === "acquired")).toHaveLength(1);
    }
  });

  it("is held by at most one at any moment, however takers and leavers mix", async () => {
    let [holders, turns] = [0, 0];
    const contend = async (): Promise<void> => {
      while (turns < 200) {
        const attempt = await acquire();
        if (attempt.kind === "busy") continue;
        holders += 1;
        expect(holders).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        turns += 1;
        holders -= 1;
        await attempt.lease.release();
      }
    };
    await Promise.all(Array.from({ length: 6 }, contend));
    expect((await readdir(directory)).length).toBe(1);
  });

  it("is free when the holder's pid belongs to a later process", async () => {
    await leaveBehind({ ...self, startTicks: (self.startTicks ?? 0) - 1 });
    expect((await acquire()).kind).toBe("acquired");
  });

  it("is free when its file was emptied by a power loss", async () => {
    await writeFile(join(directory, "x.lease.7"), "");
    expect((await acquire()).kind).toBe("acquired");
  });

  it("of a process that cannot be seen from here lasts as long as its heartbeat", async () => {
    await leaveBehind({ pid: self.pid, startTicks: 1, host: "another container" });
    expect((await acquire()).kind).toBe("busy");
    const minuteAgo = Date.now() / 1000 - 60;
    await utimes(join(directory, "x.lease.7"), minuteAgo, minuteAgo);
    expect((await acquire()).kind).toBe("acquired");
  });

  it("tells its holder when another has taken it", async () => {
    const attempt = await acquire();
    if (attempt.kind === "busy") throw new Error("The lease should be free");
    expect(await attempt.lease.heartbeat()).toBe(true);
    const other = { pid: 1, startTicks: 1, host: "another container" };
    await writeFile(join(directory, "x.lease.1"), JSON.stringify(other));
    await utimes(join(directory, "x.lease.1"), 0, 0);
    expect((await acquire()).kind).toBe("acquired");
    expect(await attempt.lease.heartbeat()).toBe(false);
  });

  it.runIf(process.platform === "linux")(
    "counts a killed process as dead before its parent has collected it",
    async () => {
      // The shell starts a child and then becomes a program that never collects it.
      const parent = spawn("sh", ["-c", "sleep 0.01 & echo $!; exec sleep 60"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      const [data] = await once(parent.stdout, "data");
      const pid = Number(String(data).trim());
      let stat = "";
      while (!stat.includes(") Z")) stat = await readFile(`/proc/${pid}/stat`, "latin1");
      const startTicks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
      expect(await livenessOf({ ...self, pid, startTicks }, self)).toBe("dead");
      parent.kill("SIGKILL");
      await once(parent, "close");
    },
  );
});
