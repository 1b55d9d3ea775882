import { describe, expect, it } from "vitest";
import { BusyError, type Priority, Slots } from "./slots.ts";

/** Work that ends when told to. */
function held(name: string, log: string[]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    end: resolve,
    work: async () => {
      log.push(name);
      await promise;
    },
  };
}
const viewer = (): Priority => "viewer";
const prefetch = (): Priority => "prefetch";
const never = new AbortController().signal;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("Slots", () => {
  it("serves who waits before what may be asked for later, each in order", async () => {
    const slots = new Slots(1);
    const log: string[] = [];
    const [first, a, b, c, d] = ["first", "prefetch 1", "viewer 1", "prefetch 2", "viewer 2"].map((name) =>
      held(name, log),
    );
    const all = [first, a, b, c, d].map((one, n) => {
      return slots.run(n === 1 || n === 3 ? prefetch : viewer, never, one?.work ?? (async () => {}));
    });
    for (const one of [first, b, d, a, c]) {
      await settle();
      one?.end();
    }
    await Promise.all(all);
    expect(log).toEqual(["first", "viewer 1", "viewer 2", "prefetch 1", "prefetch 2"]);
  });

  it("serves what was to be made ahead at once when somebody has come to wait for it", async () => {
    const slots = new Slots(1);
    const log: string[] = [];
    const [first, a, b] = ["first", "made ahead", "made ahead and wanted"].map((name) => held(name, log));
    let isWanted = false;
    const all = [
      slots.run(viewer, never, first?.work ?? settle),
      slots.run(prefetch, never, a?.work ?? settle),
      slots.run(() => (isWanted ? "viewer" : "prefetch"), never, b?.work ?? settle),
    ];
    isWanted = true;
    for (const one of [first, b, a]) {
      await settle();
      one?.end();
    }
    await Promise.all(all);
    expect(log).toEqual(["first", "made ahead and wanted", "made ahead"]);
  });

  it("has one that fills in give way to who waits, and to nobody else", async () => {
    const slots = new Slots(2);
    const gaveWay: string[] = [];
    const filling = (name: string) => (giveWay: AbortSignal) =>
      new Promise<void>((resolve) => {
        giveWay.addEventListener("abort", () => {
          gaveWay.push(name);
          resolve();
        });
      });
    const fill = (): Priority => "fill";
    const all = [slots.run(fill, never, filling("first")), slots.run(fill, never, filling("second"))];
    all.push(slots.run(fill, never, async () => {}));
    await settle();
    expect(gaveWay).toEqual([]);
    await slots.run(viewer, never, settle);
    expect(gaveWay).toEqual(["second"]);
    await slots.run(prefetch, never, settle); // the place is free
    expect(gaveWay).toEqual(["second"]);
    await all[2];
  });

  it("runs so many at once, and frees a place also when work fails", async () => {
    const slots = new Slots(2);
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await settle();
      running -= 1;
      throw new Error("work failed");
    };
    const ends = await Promise.allSettled(Array.from({ length: 9 }, () => slots.run(viewer, never, work)));
    expect(ends.every(({ status }) => status === "rejected")).toBe(true);
    expect(most).toBe(2);
    expect(slots.waiting).toBe(0);
    await expect(slots.run(viewer, never, async () => "done")).resolves.toBe("done");
  });

  it("turns away who would wait behind too many", async () => {
    const slots = new Slots(1, 1);
    const [first, second] = [held("first", []), held("second", [])];
    const all = [slots.run(viewer, never, first.work), slots.run(viewer, never, second.work)];
    await expect(slots.run(viewer, never, settle)).rejects.toThrow(BusyError);
    first.end();
    second.end();
    await Promise.all(all);
    await expect(slots.run(viewer, never, async () => "free again")).resolves.toBe("free again");
  });

  it("lets go of who leaves before the work began", async () => {
    const slots = new Slots(1);
    const log: string[] = [];
    const first = held("first", log);
    const leaving = new AbortController();
    const running = slots.run(viewer, never, first.work);
    const left = slots.run(viewer, leaving.signal, async () => log.push("never"));
    leaving.abort(new Error("the client left"));
    await expect(left).rejects.toThrow("the client left");
    first.end();
    await running;
    expect(log).toEqual(["first"]);
    await expect(slots.run(viewer, leaving.signal, async () => 1)).rejects.toThrow("the client left");
  });
});
