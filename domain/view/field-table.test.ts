import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldNumber } from "./field-names.ts";
import { type FieldEntry, FieldTable } from "./field-table.ts";

const write = fc.record({
  name: fc.constantFrom("video_title", "video_id", "a", "b", "c", "d", "e", "f"),
  sequence: fc.integer({ min: 1, max: 9 }),
  value: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
});

/** What a map of entries would hold. */
function model(writes: readonly { name: string; sequence: number; value: FieldEntry[1] }[], first: boolean) {
  const entries = new Map<string, FieldEntry>();
  for (const { name, sequence, value } of writes) {
    const known = entries.get(name);
    if (known === undefined || (first ? known[0] > sequence : known[0] <= sequence))
      entries.set(name, [sequence, value]);
  }
  return entries;
}

function compareWithModel(prefix: string): void {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 30 }), fc.boolean(), (writes, first) => {
      const named = writes.map((each) => ({ ...each, name: prefix + each.name }));
      const table = new FieldTable();
      for (const { name, sequence, value } of named) {
        if (first) table.writeFirst(fieldNumber(name), name, sequence, value);
        else table.writeNewest(fieldNumber(name), name, sequence, value);
      }
      const expected = model(named, first);
      expect(new Map(table)).toEqual(expected);
      expect(table.size).toBe(expected.size);
      for (const [name, [, value]] of expected) expect(table.value(name)).toBe(value);
      expect(table.value(`${prefix}never`)).toBeUndefined();
      expect(new Map(FieldTable.from(table))).toEqual(expected);
    }),
  );
}

describe("FieldTable", () => {
  it("holds what a map of entries would", () => {
    compareWithModel("");
  });

  it("keeps the first names of the alphabet when there are too many", () => {
    const names = ["d", "a", "video_title", "c", "b"];
    const table = FieldTable.from(names.map((name, at) => [name, [at, name]]));
    table.keepFirst(3);
    expect([...table].map(([name]) => name).sort()).toEqual(["a", "b", "c"]);
    expect([table.value("b"), table.value("d")]).toEqual(["b", undefined]);
  });

  it("knows names also after somebody has used up all numbers", () => {
    for (let at = 0; fieldNumber(`x_${at}`) >= 0; at += 1);
    expect(fieldNumber("video_title")).toBeGreaterThanOrEqual(0);
    compareWithModel("late_");
    const table = FieldTable.from([
      ["late_z", [1, 1]],
      ["video_title", [1, 2]],
      ["late_a", [1, 3]],
    ]);
    table.keepFirst(2);
    expect([...table].map(([name]) => name).sort()).toEqual(["late_a", "late_z"]);
  });
});
