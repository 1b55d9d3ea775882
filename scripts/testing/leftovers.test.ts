import { describe, expect, it } from "vitest";
import { leftovers, type ProcessFacts } from "./leftovers.ts";

const ROOT = "/home/me/playhead";

function facts(pid: number, parentPid: number, commandLine: string): ProcessFacts {
  return { pid, parentPid, startedAt: `${pid}`, program: "/usr/bin/thing", commandLine };
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
