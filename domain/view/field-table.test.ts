import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PUBLISHED_FIELDS } from "../wire/published-fields.ts";
import { fieldNumber } from "./field-names.ts";
import { type FieldEntry, FieldTable, MAX_FIELDS } from "./field-table.ts";

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

/** @param prefix of names that have numbers, or of names that have none */
function keepsFirst(prefix: string): void {
  const names = Array.from({ length: 2 * MAX_FIELDS }, (_, at) => `${prefix}${10_000 + at}`);
  const told = [...names, "video_title", "ad_tag_url"].flatMap((name) =>
    [1, 2].map((sequence) => ({ name, sequence })),
  );
  const kept = [...names, "video_title", "ad_tag_url"].sort().slice(0, MAX_FIELDS);
  fc.assert(
    fc.property(fc.shuffledSubarray(told, { minLength: told.length }), (writes) => {
      const table = new FieldTable();
      for (const { name, sequence } of writes)
        table.writeNewest(fieldNumber(name), name, sequence, `${name}${sequence}`);
      expect([...table].sort()).toEqual(kept.map((name) => [name, [2, `${name}2`]]));
    }),
    { numRuns: 5 },
  );
}

describe("FieldTable", () => {
  it("holds what a map of entries would", () => {
    compareWithModel("");
  });

  it("keeps the first names of the alphabet when there are too many, with their newest values", () => {
    keepsFirst("f");
  });

  it("knows names also after somebody has used up all numbers", () => {
    for (let at = 0; fieldNumber(`x_${at}`) >= 0; at += 1);
    expect(PUBLISHED_FIELDS.filter((name) => fieldNumber(name) < 0)).toEqual([]);
    compareWithModel("late_");
    keepsFirst("late_");
  });

  it("takes a field beyond its room as quickly as any other", () => {
    const write = (table: FieldTable, name: string) => table.writeNewest(fieldNumber(name), name, 1, "");
    const full = FieldTable.from(Array.from({ length: MAX_FIELDS }, (_, at) => [`m_${at}`, [1, ""]]));
    const names = Array.from({ length: 20_000 }, (_, at) => `${at % 2 === 0 ? "z" : "a"}_${1e6 - at}`); // half of them find room
    const startedMs = performance.now();
    for (const name of names) write(full, name);
    expect((performance.now() - startedMs) / names.length).toBeLessThan(0.02); // sorting takes 0.1 ms
    expect(full.size).toBe(MAX_FIELDS);
  });
});
