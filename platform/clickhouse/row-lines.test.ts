import fc from "fast-check";
import { expect, it } from "vitest";
import { RowLines } from "./row-lines.ts";

const line = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => JSON.stringify([text]));

function linesOf(texts: readonly string[]): RowLines {
  const lines = new RowLines();
  for (const text of texts) lines.push(text);
  return lines;
}

it("gives the lines of any part of several batches as text and as bytes", () => {
  fc.assert(
    fc.property(fc.array(fc.array(line)), fc.nat(50), fc.nat(50), (batches, from, count) => {
      const joined = RowLines.join(batches.map(linesOf));
      const expected = batches.flat().slice(from, from + count);
      const part = joined.slice(from, from + count);
      expect([...part]).toEqual(expected);
      expect([...part.slice(1)]).toEqual(expected.slice(1));
      expect(part.length).toBe(expected.length);
      expect([...part.sizes()]).toEqual(expected.map((text) => Buffer.byteLength(text) + 1));
      expect(part.byteLength).toBe(Buffer.concat(part.bytes()).length);
      expect(Buffer.concat(part.bytes()).toString()).toBe(expected.map((text) => `${text}\n`).join(""));
    }),
  );
});

it("grows over many blocks, and holds a line larger than any", () => {
  const texts = Array.from({ length: 3_000 }, (_, index) => JSON.stringify([index, "ü".repeat(index % 97)]));
  texts.push(JSON.stringify(["x".repeat(3_000_000)]), "[1]");
  const lines = linesOf(texts);
  expect([...lines]).toEqual(texts);
  expect([...lines.slice(2_990, 3_002)]).toEqual(texts.slice(2_990, 3_002));
});
