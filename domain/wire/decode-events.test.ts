import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BeaconEvent,
  decodeEvent,
  MAX_FIELD_LENGTH,
  MAX_FIELDS_PER_EVENT,
  MAX_LONG_FIELD_LENGTH,
} from "./decode-events.ts";
import { decodeRequest } from "./decode-request.ts";
import { encodeEvent } from "./encode-event.ts";
import { peekEvent } from "./peek-event.ts";

const BEACONS = new URL("../../fixtures/beacons/", import.meta.url);
const MINIMAL = { e: "hb", xid: "v-1", xsqno: 3, ake: "abc123" };

function recordedBodies(): string[] {
  const files = readdirSync(BEACONS).filter((name) => name.endsWith(".ndjson"));
  const lines = files.flatMap((file) => readFileSync(new URL(file, BEACONS), "utf8").split("\n").filter(Boolean));
  return lines.map((line) => (JSON.parse(line) as { body: string }).body);
}

function accepted(raw: unknown): BeaconEvent {
  const decoded = decodeEvent(raw);
  if (decoded.kind === "rejected") throw new Error(decoded.reason);
  return decoded.event;
}

describe("decodeEvent on recordings", () => {
  it("accepts every event of every recorded request, uncut, and writes it back as it came", () => {
    let events = 0;
    for (const body of recordedBodies()) {
      const request = decodeRequest(body);
      if (request.kind === "rejected") throw new Error(request.reason);
      expect(request.transmissionTimestampMs).toBeGreaterThan(1.7e12);
      for (const { raw, peek } of request.events) {
        const event = accepted(raw);
        expect(event.cut).toBeUndefined();
        expect(peek).toMatchObject({ name: event.name, viewId: event.viewId, sequence: event.sequence });
        expect(encodeEvent(event)).toEqual(raw);
        events += 1;
      }
    }
    expect(events).toBeGreaterThan(700);
  });
});

describe("peekEvent", () => {
  it.each([
    [null, "malformed_event"],
    [[], "malformed_event"],
    ["hb", "malformed_event"],
    [{ ...MINIMAL, e: 5 }, "malformed_event"],
    [{ ...MINIMAL, e: "x".repeat(65) }, "malformed_event"],
    [{ ...MINIMAL, xid: undefined }, "missing_view_id"],
    [{ ...MINIMAL, xid: { toString: "v-1" } }, "missing_view_id"],
    [{ ...MINIMAL, xid: "" }, "missing_view_id"],
    [{ ...MINIMAL, xid: "v".repeat(256) }, "view_id_too_long"],
    [{ ...MINIMAL, xid: "\ud800" }, "malformed_view_id"],
    [{ ...MINIMAL, xsqno: null }, "missing_sequence_number"],
    [{ ...MINIMAL, xsqno: "three" }, "malformed_sequence_number"],
    [{ ...MINIMAL, xsqno: -1 }, "malformed_sequence_number"],
    [{ ...MINIMAL, xsqno: 1.5 }, "malformed_sequence_number"],
    [{ ...MINIMAL, xsqno: 4_294_967_296 }, "malformed_sequence_number"],
    [{ ...MINIMAL, ake: "Bad-Key" }, "malformed_env_key"],
    [{ ...MINIMAL, ake: ["abc"] }, "malformed_env_key"],
  ])("rejects %j as %s", (raw, reason) => {
    expect(peekEvent(raw)).toBe(reason);
    expect(decodeEvent(raw)).toEqual({ kind: "rejected", reason });
  });

  it("takes an event without a key: the environment is known otherwise", () => {
    expect(peekEvent({ e: "hb", xid: "v-1", xsqno: 0 })).toEqual({
      name: "hb",
      viewId: "v-1",
      envKey: null,
      sequence: 0,
    });
  });

  it("reads names that are not compressed and numbers sent as text", () => {
    const raw = { event: "hb", view_id: "v-1", view_sequence_number: "12", env_key: "abc" };
    expect(peekEvent(raw)).toEqual({ name: "hb", viewId: "v-1", envKey: "abc", sequence: 12 });
  });
});

describe("decodeEvent", () => {
  it("turns text into booleans and numbers only where the field is one", () => {
    const { fields } = accepted({ ...MINIMAL, pispa: "true", xwati: "1200", vtt: "1984", c1: "true", pphti: "soon" });
    expect(fields).toMatchObject({
      player_is_paused: true,
      view_watch_time: 1200,
      video_title: "1984",
      custom_1: "true",
      player_playhead_time: "soon",
    });
  });

  it("lets the usual spelling win over others, in either order", () => {
    for (const raw of [
      { ...MINIMAL, vtt: "usual", video_title: "other" },
      { video_title: "other", ...MINIMAL, vtt: "usual" },
    ]) {
      expect(accepted(raw).fields["video_title"]).toBe("usual");
    }
    expect(accepted({ view_id: "other", ...MINIMAL }).fields["view_id"]).toBe("v-1");
  });

  it("cuts what is too large and says so", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, at]));
    const crowded = accepted({ ...MINIMAL, ...many });
    expect(crowded.cut).toBe(true);
    expect(Object.keys(crowded.fields).length).toBeLessThanOrEqual(MAX_FIELDS_PER_EVENT + 4);

    const long = accepted({ ...MINIMAL, vtt: "t".repeat(MAX_FIELD_LENGTH + 1) });
    expect(long.cut).toBe(true);
    expect(long.fields["video_title"]).toHaveLength(MAX_FIELD_LENGTH);
    expect(accepted({ ...MINIMAL, wur: "u".repeat(10_000) }).fields["page_url"]).toHaveLength(MAX_LONG_FIELD_LENGTH);
  });

  it("walks once over an event that spells its names in its own way, and reads but its beginning", () => {
    const fillers = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`zz${at}`, at]));
    let walks = 0;
    const counted = (event: object) =>
      new Proxy(event, {
        ownKeys: (target) => {
          walks += 1;
          return Reflect.ownKeys(target);
        },
      });
    const own = { event_: "hb", x_id_: "v-1", x_sequence__number_: 7 };
    expect(peekEvent(counted({ ...own, ...fillers }))).toMatchObject({ viewId: "v-1", sequence: 7, envKey: null });
    expect(walks).toBe(1);
    expect(peekEvent({ ...fillers, e: "hb", xsqno: 1, x_id_: "v-1" })).toBe("missing_view_id");
  });

  it("survives what is nested too deep to be written again", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`) as unknown;
    const event = accepted({ ...MINIMAL, qrphe: deep, qrfls: { media: {} }, vtt: deep });
    expect(event.cut).toBe(true);
    expect(event.nested).toEqual({ request_rendition_lists: { media: {} } });
    expect("video_title" in event.fields).toBe(false);
  });

  it("keeps prototypes, infinities and broken text out", () => {
    const raw = JSON.parse(
      '{"e":"hb","xid":"v","xsqno":1,"__proto__":{"polluted":1},"qrphe":{"__proto__":{"polluted":1},"constructor":"c"},"pphti":1e999,"vtt":"a\\ud800b"}',
    ) as unknown;
    const { fields, nested } = accepted(raw);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(fields["player_playhead_time"]).toBeNull();
    expect(fields["video_title"]).toBe("a\ufffdb");
    expect(Object.keys(nested["request_response_headers"] as object)).toEqual(["constructor"]);
    expect(fields["constructor"]).toBeUndefined();
  });

  it("never throws, agrees with peekEvent, and gives what JSON can hold", () => {
    const key = fc.oneof(fc.constantFrom("e", "xid", "xsqno", "ake", "view_id", "qrphe", "__proto__"), fc.string());
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom("hb", "v-1", 1, "7", Number.POSITIVE_INFINITY),
    );
    const hostile = fc.oneof(fc.jsonValue(), fc.dictionary(key, value, { maxKeys: 12 }));
    fc.assert(
      fc.property(hostile, (raw) => {
        const decoded = decodeEvent(raw);
        const peek = peekEvent(raw);
        expect(decoded.kind === "rejected" ? decoded.reason : "accepted").toBe(
          typeof peek === "string" ? peek : "accepted",
        );
        if (decoded.kind === "rejected") return;
        const { fields } = decoded.event;
        expect(JSON.parse(JSON.stringify(fields))).toEqual({ ...fields });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("decodeRequest", () => {
  it.each([
    ["", "not_json"],
    ["{", "not_json"],
    ["[]", "not_a_beacon"],
    ["null", "not_a_beacon"],
    ['{"events":{}}', "not_a_beacon"],
    [JSON.stringify({ events: Array.from({ length: 3_601 }, () => MINIMAL) }), "too_many_events"],
    [undefined, "not_json"],
    [42, "not_a_beacon"],
  ])("rejects %.20j as %s", (body, reason) => {
    expect(decodeRequest(body)).toEqual({ kind: "rejected", reason });
  });

  it("takes requests without metadata and with events of more than one view, good and bad", () => {
    const decoded = decodeRequest({ events: [MINIMAL, 5, { ...MINIMAL, xid: "v-2" }] });
    expect(decoded).toMatchObject({ kind: "accepted", transmissionTimestampMs: null, rttMs: null });
    if (decoded.kind === "rejected") return;
    expect(decoded.events.map(({ peek }) => (typeof peek === "string" ? peek : peek.viewId))).toEqual([
      "v-1",
      "malformed_event",
      "v-2",
    ]);
  });

  it("takes the first 100 views of a request, with all their events", () => {
    const events = [0, 1].flatMap(() => Array.from({ length: 101 }, (_, index) => ({ ...MINIMAL, xid: `v-${index}` })));
    const decoded = decodeRequest({ events });
    if (decoded.kind === "rejected") throw new Error(decoded.reason);
    const refused = decoded.events.flatMap(({ peek }, index) => (peek === "too_many_views" ? [index] : []));
    expect(refused).toEqual([100, 201]);
  });

  it("never throws on any text", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => decodeRequest(text).kind.length > 0));
  });
});
