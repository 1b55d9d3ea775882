import fc from "fast-check";
import { expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { BeaconEvent } from "../../domain/wire/decode-events.ts";
import { eventRow } from "./event-row.ts";

const text = fc
  .oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.constantFrom('"', "\\", "\n"))
  .map((some) => some.toWellFormed());
const value = fc.oneof(text, fc.boolean(), fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }));
/** A name is a field's or a nested object's, never both. */
const fields = fc.dictionary(text, value);
const nested = fc.dictionary(
  text.map((name) => `nested ${name}`),
  fc.oneof(fc.array(value), fc.dictionary(text, value)),
);

const sent = fc.constantFrom(null, 1_795_500_000_400);

// Compared as text: JSON.parse of Node 24 mistakes some names of one escape (`"\""`) for others it has seen.
it("is the line that JSON makes of a row, whatever the event carries", () => {
  fc.assert(
    fc.property(text, text, fields, nested, sent, fc.boolean(), (viewId, name, some, objects, sentAtMs, late) => {
      const event: BeaconEvent = { name, viewId, sequence: 3, fields: some, nested: objects };
      const line = eventRow(event, {
        ...{ environmentId: 7 as EnvironmentId, viewId, firstSeenMs: 1_795_500_000_123, retentionDays: 90 },
        ...{ arrivedAtMs: 1_795_500_000_500, sentAtMs, late },
      });
      const details = JSON.stringify({ ...some, ...objects });
      const times = [1_795_500_000_123, name, 1_795_500_000_500, sentAtMs, 1_795_500_000_500, 0];
      expect(line).toBe(JSON.stringify([7, viewId, 3, Number(late), ...times, details, "", "", "2027-02-22"]));
    }),
  );
});

it("tells the category of an error, and none of another event that bears its number", () => {
  const arrival = {
    ...{ environmentId: 7 as EnvironmentId, viewId: "v", firstSeenMs: 1_795_500_000_123, retentionDays: 90 },
    ...{ arrivedAtMs: 1_795_500_000_500, sentAtMs: null, late: false },
    errorCategories: { 3: { severity: "fatal", type: "business_exception" } } as const,
  };
  const categoryOf = (name: string, sequence: number) => {
    const event: BeaconEvent = { name, viewId: "v", sequence, fields: {}, nested: {} };
    return (JSON.parse(eventRow(event, arrival)) as unknown[]).slice(-3, -1);
  };
  expect(categoryOf("error", 3)).toEqual(["fatal", "business_exception"]);
  expect([categoryOf("error", 4), categoryOf("hb", 3)]).toEqual([
    ["", ""],
    ["", ""],
  ]);
});
