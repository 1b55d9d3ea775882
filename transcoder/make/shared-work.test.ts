import { describe, expect, it } from "vitest";
import { SharedWork } from "./shared-work.ts";

const never = new AbortController().signal;

function gate() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let stopped = false;
  let started = 0;
  const work = (signal: AbortSignal): Promise<string> => {
    started += 1;
    signal.addEventListener("abort", () => {
      stopped = true;
      reject(signal.reason);
    });
    return promise;
  };
  return { work, resolve, reject, started: () => started, stopped: () => stopped };
}

describe("SharedWork", () => {
  it("does once what many want at the same time", async () => {
    const shared = new SharedWork<string>();
    const { work, resolve, started } = gate();
    const all = Array.from({ length: 50 }, () => shared.run("key", never, work));
    resolve("made");
    expect(new Set(await Promise.all(all))).toEqual(new Set(["made"]));
    expect(started()).toBe(1);
    expect(shared.size).toBe(0);
  });

  it("goes on while somebody waits and stops when the last one leaves", async () => {
    const shared = new SharedWork<string>();
    const { work, stopped } = gate();
    const [one, other] = [new AbortController(), new AbortController()];
    const first = shared.run("key", one.signal, work);
    const second = shared.run("key", other.signal, work);
    one.abort(new Error("one left"));
    await expect(first).rejects.toThrow("one left");
    expect(stopped()).toBe(false);
    other.abort(new Error("other left"));
    await expect(second).rejects.toThrow("other left");
    expect(stopped()).toBe(true);
  });

  it("begins anew for who comes after the last one left", async () => {
    const shared = new SharedWork<string>();
    const leaving = new AbortController();
    const first = shared.run("key", leaving.signal, gate().work);
    leaving.abort(new Error("left"));
    await expect(first).rejects.toThrow("left");
    await expect(shared.run("key", never, async () => "again")).resolves.toBe("again");
  });

  it("gives a failure to all who wait and forgets it", async () => {
    const shared = new SharedWork<string>();
    const { work, reject } = gate();
    const all = [shared.run("key", never, work), shared.run("key", never, work)];
    reject(new Error("cannot"));
    for (const one of all) await expect(one).rejects.toThrow("cannot");
    await expect(shared.run("key", never, async () => "fine")).resolves.toBe("fine");
  });
});
