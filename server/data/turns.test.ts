import { describe, expect, it } from "vitest";
import { Turns } from "./turns.ts";

const never = new AbortController().signal;

const refusals = { ofOne: "enough of one", waiting: "enough of all" };
const sqlTurns = () => new Turns({ atOnce: 2, atOnceOfOne: 1, ofOne: 5, waiting: 50 }, refusals);

/** Work that says when it began and ends when told. */
function jobs() {
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  const job = (name: string) => () =>
    new Promise<void>((resolve) => {
      began.push(name);
      ends.set(name, resolve);
    });
  return { began, job, end: (name: string) => ends.get(name)?.() };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("Turns", () => {
  it("runs two at once, one of an environment, and then whose turn it is", async () => {
    const turns = sqlTurns();
    const { began, job, end } = jobs();
    const all = [turns.take(1, job("a1"), never), turns.take(1, job("a2"), never), turns.take(2, job("b1"), never)];
    all.push(turns.take(3, job("c1"), never));
    await settle();
    expect(began).toEqual(["a1", "b1"]);
    end("b1");
    await settle();
    expect(began).toEqual(["a1", "b1", "c1"]);
    for (const name of ["a1", "c1"]) end(name);
    await settle();
    end("a2");
    await Promise.all(all);
    expect(began.at(-1)).toBe("a2");
  });

  it("refuses the sixth of one environment, and lets go whoever leaves the line", async () => {
    const turns = sqlTurns();
    const { job, end, began } = jobs();
    const leaving = new AbortController();
    const first = turns.take(1, job("first"), never);
    const left = turns.take(1, job("left"), leaving.signal);
    const rest = [1, 2, 3].map((n) => turns.take(1, job(`rest${n}`), never));
    await expect(turns.take(1, job("sixth"), never)).rejects.toThrow("enough of one");
    leaving.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    for (const name of ["first", "rest1", "rest2", "rest3"]) {
      await settle();
      end(name);
    }
    await Promise.all([first, ...rest]);
    expect(began).toEqual(["first", "rest1", "rest2", "rest3"]);
  });

  it("goes on after work that fails", async () => {
    const turns = sqlTurns();
    await expect(turns.take(1, () => Promise.reject(new Error("no")), never)).rejects.toThrow("no");
    expect(await turns.take(1, async () => 5, never)).toBe(5);
  });

  it("goes round environments, whoever of them has the longest line", async () => {
    const turns = new Turns({ atOnce: 2, atOnceOfOne: 2, ofOne: 100, waiting: 200 }, refusals);
    const { began, job, end } = jobs();
    const all = ["a1", "a2", "a3", "a4", "a5"].map((name) => turns.take(1, job(name)));
    all.push(...["b1", "b2"].map((name) => turns.take(2, job(name))), turns.take(3, job("c1")));
    for (let at = 0; at < all.length; at += 1) {
      await settle();
      end(began[at] ?? "");
    }
    await Promise.all(all);
    expect(began).toEqual(["a1", "a2", "b1", "a3", "c1", "b2", "a4", "a5"]);
  });

  it("lets others in while one environment has its share, up to what all may have", async () => {
    const turns = new Turns({ atOnce: 1, atOnceOfOne: 1, ofOne: 3, waiting: 3 }, refusals);
    const { job, end, began } = jobs();
    const all = ["a1", "a2", "a3"].map((name) => turns.take(1, job(name)));
    await expect(turns.take(1, job("a4"))).rejects.toMatchObject({ type: "rate_limited", messages: ["enough of one"] });
    all.push(turns.take(2, job("b1")));
    await expect(turns.take(3, job("c1"))).rejects.toMatchObject({ type: "unavailable", messages: ["enough of all"] });
    for (let at = 0; at < all.length; at += 1) {
      await settle();
      end(began[at] ?? "");
    }
    await Promise.all(all);
    expect(began).toEqual(["a1", "a2", "b1", "a3"]);
  });
});
