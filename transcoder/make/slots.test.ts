import { describe, expect, it } from "vitest";
import { BusyError, type Claim, type Priority, Slots } from "./slots.ts";

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
const of = (environment: string, priority: Priority = "viewer"): Claim => ({ environment, priority: () => priority });
const viewer = of("a");
const prefetch = of("a", "prefetch");
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
      slots.run({ environment: "a", priority: () => (isWanted ? "viewer" : "prefetch") }, never, b?.work ?? settle),
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
    const fill = of("a", "fill");
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

describe("Slots among environments", () => {
  /** Lets work of these environments, asked for in this order behind one of "x", run to its end; gives the order it ran in. */
  async function served(count: number, environments: string, priorityOf = (_at: number): Priority => "viewer") {
    const slots = new Slots(count);
    const log: string[] = [];
    const busy = Array.from({ length: count }, () => held("x", []));
    const all = busy.map(({ work }) => slots.run(of("x"), never, work));
    for (const [at, environment] of [...environments].entries()) {
      const work = async () => {
        log.push(environment);
        await settle();
      };
      all.push(slots.run(of(environment, priorityOf(at)), never, work));
    }
    for (const { end } of busy) end();
    await Promise.all(all);
    expect(slots.waiting).toBe(0);
    return log.join("");
  }

  it("serves one of B second, though a hundred of A wait", async () => {
    expect(await served(1, `${"a".repeat(100)}b`)).toBe(`ab${"a".repeat(99)}`);
  });

  it("serves B behind the one of A that runs", async () => {
    const slots = new Slots(1);
    const log: string[] = [];
    const [running, ...waiting] = ["a 1", "a 2", "b"].map((name) => held(name, log));
    const all = [running, ...waiting].map((one, n) => slots.run(of(n === 2 ? "b" : "a"), never, one?.work ?? settle));
    for (const one of [running, ...waiting]) one?.end();
    await Promise.all(all);
    expect(log).toEqual(["a 1", "b", "a 2"]);
  });

  it.each([
    [1, "aaaabbbcc", "abcabcaba"],
    [2, "aaaabbbcc", "abcabcaba"],
    [3, "aaaab", "abaaa"],
    [1, "cba", "cba"],
  ])("shares %i places: who came as %s is served as %s", async (count, came, order) => {
    expect(await served(count, came)).toBe(order);
  });

  it("gives a place to who has fewest running, whoever was served last", async () => {
    const slots = new Slots(3);
    const log: string[] = [];
    const [long, longer, short, ofA, ofB] = ["a", "a", "b", "waiting a", "waiting b"].map((name) => held(name, log));
    const all = [long, longer, short].map((one, n) => slots.run(of(n < 2 ? "a" : "b"), never, one?.work ?? settle));
    all.push(slots.run(of("a"), never, ofA?.work ?? settle), slots.run(of("b"), never, ofB?.work ?? settle));
    short?.end();
    await settle();
    expect(log.at(-1)).toBe("waiting b");
    for (const one of [long, longer, ofA, ofB]) one?.end();
    await Promise.all(all);
  });

  it("serves a viewer of whom much was done for before what nobody waits for", async () => {
    const priorityOf = (at: number): Priority => (at < 4 ? "prefetch" : "viewer");
    expect(await served(1, "bbccaaa", priorityOf)).toBe("aaabcbc");
  });

  it("turns away who would be served behind too many, and nobody else", async () => {
    const slots = new Slots(1, 3);
    const busy = held("x", []);
    const all = [slots.run(of("x"), never, busy.work)];
    for (const environment of "aaa") all.push(slots.run(of(environment), never, settle));
    const isRefused = (environment: string) =>
      expect(slots.run(of(environment), never, settle)).rejects.toThrow(BusyError);
    await isRefused("a"); // three of his own
    all.push(slots.run(of("b"), never, settle)); // behind one of a
    await isRefused("b"); // two of a, one of his own
    all.push(slots.run(of("c"), never, settle)); // one of a, one of b
    for (const priority of ["prefetch", "fill"] as const) all.push(slots.run(of("a", priority), never, settle));
    busy.end();
    await Promise.all(all);
    await expect(slots.run(of("a"), never, async () => "free again")).resolves.toBe("free again");
  });

  it("forgets who leaves before the work began", async () => {
    const slots = new Slots(1, 4);
    const log: string[] = [];
    const busy = held("x", log);
    const all = [slots.run(of("x"), never, busy.work)];
    const leaving = new AbortController();
    const left = Array.from({ length: 4 }, () => slots.run(of("a"), leaving.signal, settle));
    leaving.abort(new Error("the client left"));
    expect((await Promise.allSettled(left)).every(({ status }) => status === "rejected")).toBe(true);
    expect(slots.waiting).toBe(0);
    for (const environment of "bbaa") {
      all.push(slots.run(of(environment), never, async () => void log.push(environment)));
    }
    busy.end();
    await Promise.all(all);
    expect(log).toEqual(["x", "b", "a", "b", "a"]);
  });
});
