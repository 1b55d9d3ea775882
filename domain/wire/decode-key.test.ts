import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeKey, encodeKey } from "./decode-key.ts";
import { FIRST_WORDS, LATER_WORDS } from "./key-table.ts";
import { PUBLISHED_FIELDS } from "./published-fields.ts";

const BEACONS = new URL("../../fixtures/beacons/", import.meta.url);
const known = JSON.parse(readFileSync(new URL("../../fixtures/wire/data-wire-keys.json", import.meta.url), "utf8")) as {
  first: object;
  rest: object;
  fields: Record<string, string>;
};
const names = Object.entries(known.fields);

function recordedKeys(): Set<string> {
  const keys = new Set<string>();
  for (const file of readdirSync(BEACONS).filter((name) => name.endsWith(".ndjson"))) {
    for (const line of readFileSync(new URL(file, BEACONS), "utf8").split("\n").filter(Boolean)) {
      const request = JSON.parse(JSON.parse(line).body) as { events: Record<string, unknown>[] };
      for (const event of request.events) for (const key of Object.keys(event)) keys.add(key);
    }
  }
  return keys;
}

describe("the key tables", () => {
  it("hold exactly the words of the SDKs", () => {
    expect(Object.fromEntries(FIRST_WORDS)).toEqual(known.first);
    expect(Object.fromEntries(LATER_WORDS)).toEqual(known.rest);
  });

  it("stand beside exactly the names that are published", () => {
    expect(PUBLISHED_FIELDS.toSorted()).toEqual(names.map(([, long]) => long).sort());
  });
});

describe("decodeKey", () => {
  it("knows every published name, both ways", () => {
    expect(names).toHaveLength(237);
    expect(names.map(([short]) => decodeKey(short))).toEqual(names.map(([, long]) => long));
    expect(names.map(([, long]) => encodeKey(long))).toEqual(names.map(([short]) => short));
    expect(names.map(([, long]) => decodeKey(long))).toEqual(names.map(([, long]) => long));
  });

  it("decodes every key of every recording to a published name", () => {
    const published = new Set(names.map(([, long]) => long));
    const keys = [...recordedKeys()];
    expect(keys.length).toBeGreaterThan(90);
    expect(keys.filter((key) => !published.has(decodeKey(key)))).toEqual([]);
  });

  it.each([
    ["operating__system_ve", "operating_system_version"],
    ["udv_orientation_", "viewer_device_orientation"],
    ["_browser_ve", "browser_version"], // Roku marks an unknown first word on both sides
    ["paotr_channels_", "player_audio_track_channels"], // Roku lacks some words
    ["c_0_", "custom_0"], // Roku's integer 0
    ["__", "_"],
    ["view_id", "view_id"], // not compressed at all
    ["env_key", "env_key"],
    ["event", "event"],
  ])("decodes %s to %s", (short, long) => {
    expect(decodeKey(short)).toBe(long);
  });

  it.each(["", "x__", "xid_q", "z", "xqq", "__proto__", "_open", "Ünï"])(
    "keeps what is no compressed name: %j",
    (key) => {
      expect(decodeKey(key)).toBe(key);
    },
  );

  it("answers the same from memory, also after more names than it remembers", () => {
    for (let name = 0; name < 10_000; name += 1) decodeKey(`x${name}`);
    expect(decodeKey("xid")).toBe("view_id");
    expect(decodeKey("x77")).toBe("view_77");
  });

  it("undoes encodeKey for any name of words and single numbers", () => {
    const word = fc.oneof(fc.constantFrom(...LATER_WORDS.values()), fc.stringMatching(/^[a-z]{1,9}$/));
    const later = fc.tuple(word, fc.option(fc.nat(99).map(String), { nil: null }));
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...FIRST_WORDS.values()), word),
        fc.array(later, { maxLength: 6 }),
        (first, rest) => {
          const long = [first, ...rest.flat().filter((part) => part !== null)].join("_");
          expect(decodeKey(encodeKey(long))).toBe(long);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("takes any text and always gives a name", { timeout: 60_000 }, () => {
    const anyKey = fc.string({ unit: "binary", maxLength: 80 });
    fc.assert(fc.property(anyKey, (key) => (decodeKey(key) === "") === (key === "")));
  });
});
