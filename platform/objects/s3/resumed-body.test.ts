import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { resumedBody } from "./resumed-body.ts";

const WHOLE = Buffer.from("0123456789");

/** Bodies that give so many bytes each, one after another, and then end or break. */
function bodies(lengths: readonly number[], end: "break" | "end") {
  const asked: number[] = [];
  const open = (start: number): Readable => {
    asked.push(start);
    let at = start;
    const until = Math.min(WHOLE.length, start + (lengths[asked.length - 1] ?? 0));
    return new Readable({
      highWaterMark: 1,
      read() {
        at += 1;
        if (at <= until) this.push(WHOLE.subarray(at - 1, at));
        else if (end === "end") this.push(null);
        else this.destroy(new Error("connection lost"));
      },
    });
  };
  return { asked, open };
}

async function read(lengths: readonly number[], end: "break" | "end"): Promise<{ text: string; asked: number[] }> {
  const { asked, open } = bodies(lengths, end);
  const range = { start: 2, end: 10 };
  const asError = (error: unknown) => new Error("given up", { cause: error });
  const body = resumedBody(
    open(2),
    range,
    async (at) => open(at),
    asError,
    async () => {},
  );
  let text = "";
  for await (const bytes of body) text += bytes.toString();
  return { text, asked };
}

describe("resumedBody", () => {
  it("goes on where a body ended too early", async () => {
    expect(await read([3, 0, 0, 1, 0, 4], "end")).toEqual({ text: "23456789", asked: [2, 5, 5, 5, 6, 6] });
  });

  it("goes on where a connection broke, also behind the last byte", async () => {
    const { text, asked } = await read([3, 0, 2, 8, 8, 8], "break");
    expect(text).toBe("23456789");
    expect(asked.length).toBeGreaterThan(2);
    expect(Math.max(...asked)).toBeLessThan(10);
  });

  it("gives up when nothing came so often in a row, and says why", async () => {
    await expect(read([3, 0, 0, 0, 5], "end")).rejects.toThrow("given up");
    await expect(read([], "break")).rejects.toThrow("given up");
  });

  it("takes no more bytes than there are", async () => {
    const long = resumedBody(
      Readable.from([WHOLE]),
      { start: 0, end: 5 },
      async () => Readable.from([WHOLE]),
      () => new Error("given up"),
      async () => {},
    );
    await expect(long.next()).rejects.toThrow("given up");
  });
});
