import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { leftovers, listProcesses, type ProcessFacts } from "./leftovers.ts";

const ROOT = "/home/me/playhead";

function facts(pid: number, parentPid: number, commandLine: string): ProcessFacts {
  return { pid, parentPid, groupId: pid, startedAt: `${pid}`, program: "/usr/bin/thing", commandLine };
}

const init = facts(1, 0, "/sbin/init");
const shell = facts(50, 1, "bash");
const us = facts(100, 50, `node ${ROOT}/scripts/test.ts`);

describe("leftovers", () => {
  it("are children and orphans that a test left", () => {
    const child = facts(101, 100, `node ${ROOT}/server/main.ts`);
    const orphan = facts(102, 1, `${ROOT}/node_modules/pg/postgres`);
    expect(leftovers([], [init, shell, us, child, orphan], ROOT, us.pid)).toEqual([child, orphan]);
  });

  it("are not what ran before, unless its number was given to another", () => {
    const old = facts(60, 1, `node ${ROOT}/server/main.ts`);
    const recycled = { ...old, startedAt: "9999" };
    expect(leftovers([old], [init, us, old], ROOT, us.pid)).toEqual([]);
    expect(leftovers([old], [init, us, recycled], ROOT, us.pid)).toEqual([recycled]);
  });

  it("are not the programs of an npm start that somebody began meanwhile", () => {
    const bootstrap = facts(70, 50, `node ${ROOT}/scripts/start.mjs`);
    const supervisor = facts(71, 70, `node ${ROOT}/scripts/supervise.ts`);
    const edge = facts(72, 71, `node ${ROOT}/collector/edge/main.ts`);
    expect(leftovers([], [init, shell, us, bootstrap, supervisor, edge], ROOT, us.pid)).toEqual([]);
  });

  it("are not strangers", () => {
    expect(leftovers([], [init, us, facts(80, 1, "node /elsewhere/server.ts")], ROOT, us.pid)).toEqual([]);
  });
});

it("the processes that run are told by group, without those that ended and wait to be collected", async () => {
  const child = spawn("sh", ["-c", "true & exec sleep 30"], { detached: true, stdio: "ignore" }); // sleep collects nobody
  try {
    await vi.waitFor(() => expect(statesOfGroup(child.pid).toSorted()).toEqual(["S", "Z"]));
    expect(listProcesses().filter(({ groupId }) => groupId === child.pid)).toMatchObject([{ pid: child.pid }]);
  } finally {
    child.kill("SIGKILL");
  }
});

function statesOfGroup(group: number | undefined): string[] {
  const stats = readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [readFileSync(`/proc/${name}/stat`, "utf8")] : [];
    } catch {
      return []; // ended while we looked
    }
  });
  const fields = stats.map((stat) => stat.slice(stat.lastIndexOf(")") + 2).split(" "));
  return fields.flatMap(([state = "", , of]) => (Number(of) === group ? [state] : []));
}
