import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompactionIndex } from "./compaction.ts";

/** What is appended to one segment: a value for a key, or its delete marker. */
type Segment = readonly { key: string; value: string }[];

/** A topic from which the obsolete segments are removed after each one that is closed. */
function compacted(segments: readonly Segment[]): ReadonlyMap<number, Segment> {
  const index = new CompactionIndex();
  const present = new Map<number, Segment>();
  for (const [base, segment] of segments.entries()) {
    present.set(base, segment);
    for (const { key, value } of segment)
      index.add({ partition: 0, key, value: Buffer.from(value), timestampMs: 0 }, base);
    for (const gone of index.obsolete([...present.keys()].slice(0, -1))) {
      present.delete(gone);
      index.forget(gone);
    }
  }
  return present;
}

function newest(segments: Iterable<Segment>): Map<string, string> {
  const state = new Map<string, string>();
  for (const { key, value } of [...segments].flat()) {
    if (value === "") state.delete(key);
    else state.set(key, value);
  }
  return state;
}

describe("a compacted topic", () => {
  const usedOnce = Array.from({ length: 100 }, (_, at) => [
    { key: `used once ${at}`, value: "x" },
    { key: `used once ${at - 1}`, value: "" },
  ]);

  it("whose keys are used once and deleted stays small", () => {
    expect([...compacted(usedOnce).keys()]).toEqual([99]);
  });

  it("grows behind a key that is never written again: delete markers may be needed as long as it is there", () => {
    expect(compacted([[{ key: "quiet", value: "x" }], ...usedOnce]).size).toBeGreaterThan(100);
  });

  it("says the same after any segments are removed as with all of them", () => {
    const written = fc.record({ key: fc.constantFrom("a", "b", "c", "d"), value: fc.constantFrom("", "1", "2", "3") });
    const segment = fc.array(written, { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 30 }), (segments) => {
        expect(newest(compacted(segments).values())).toEqual(newest(segments));
      }),
      { numRuns: 2_000 },
    );
  });
});
