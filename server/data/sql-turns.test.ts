import { describe, expect, it } from "vitest";
import { SqlTurns } from "./sql-turns.ts";

const never = new AbortController().signal;

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

describe("SqlTurns", () => {
  it("runs two at once, one of an environment, and then whose turn it is", async () => {
    const turns = new SqlTurns();
    const { began, job, end } = jobs();
    const all = [turns.take(1, never, job("a1")), turns.take(1, never, job("a2")), turns.take(2, never, job("b1"))];
    all.push(turns.take(3, never, job("c1")));
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
    const turns = new SqlTurns();
    const { job, end, began } = jobs();
    const leaving = new AbortController();
    const first = turns.take(1, never, job("first"));
    const left = turns.take(1, leaving.signal, job("left"));
    const rest = [1, 2, 3].map((n) => turns.take(1, never, job(`rest${n}`)));
    await expect(turns.take(1, never, job("sixth"))).rejects.toThrow("5 statements under way");
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
    const turns = new SqlTurns();
    await expect(turns.take(1, never, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await turns.take(1, never, async () => 5)).toBe(5);
  });
});
