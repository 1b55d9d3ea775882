import { encodeCmcd } from "@svta/cml-cmcd";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEvent, MAX_LONG_FIELD_LENGTH } from "../../../domain/wire/decode-events.ts";
import type { DecodedRequest } from "../../../domain/wire/decode-request.ts";
import { recordedInputs } from "../../testing/recorded-inputs.ts";
import { decodeCmcdRequest } from "./decode-cmcd.ts";
import { decodeEpasRequest } from "./decode-epas.ts";
import { parseCmcd } from "./parse-cmcd.ts";

const T = 1_795_500_000_000;
const KEY = "testkey";
const runs = { numRuns: Number(process.env["FC_RUNS"] ?? 300) };

/** Whatever came: every event is one that the edge takes and the fold reads, or has a reason; and there are not many. */
function expectSound(request: DecodedRequest, reports: number): void {
  if (request.kind !== "accepted") throw new Error(request.reason);
  expect(request.events.length).toBeLessThanOrEqual(20 * reports);
  for (const { raw, peek } of request.events) {
    if (typeof peek === "string") continue;
    const decoded = decodeEvent(raw);
    expect(decoded.kind).toBe("accepted");
    expect(JSON.stringify(raw).length).toBeLessThan(200_000);
  }
}

const keys = [
  "sid",
  "cid",
  "sn",
  "ts",
  "e",
  "sta",
  "br",
  "bsd",
  "msd",
  "ec",
  "rc",
  "url",
  "ttfb",
  "ttlb",
  "bl",
  "v",
  "pt",
  "pr",
  "ot",
  "bs",
  "su",
  "x-y",
];
const scalar = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.string(),
  fc.constantFrom("ps", "rr", "e", "t", "p", "r", "f"),
);

/** Text that is nearly a report: right in form, wild in what it says, or with pieces cut out and put in. */
const dictionary = fc
  .array(
    fc.tuple(
      fc.constantFrom(...keys),
      fc.oneof(
        fc.constantFrom(
          "?1",
          "?0",
          "s",
          "p",
          '"a"',
          "(1 2;v)",
          "()",
          "1",
          "-1",
          "999999999999999",
          "1795500000000",
          "2.5",
          "@1",
          ":YQ==:",
        ),
        fc.string({ maxLength: 12 }),
      ),
    ),
  )
  .map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join(","));
const recorded = fc.constantFrom(...recordedInputs("cmcd/hlsjs-v2-play").map(({ body }) => body));
const mutated = fc
  .tuple(recorded, fc.array(fc.tuple(fc.nat(400), fc.string({ maxLength: 6 })), { maxLength: 6 }))
  .map(([text, edits]) =>
    edits.reduce((body, [at, piece]) => body.slice(0, at) + piece + body.slice(at + piece.length + 1), text),
  );

describe("CMCD from the internet", () => {
  it("never throws and never gives an event that the rest cannot read", () => {
    const json = fc
      .oneof(
        fc.dictionary(fc.constantFrom(...keys), fc.oneof(scalar, fc.array(scalar, { maxLength: 40 }), fc.jsonValue())),
        fc.jsonValue(),
      )
      .map((value) => JSON.stringify(value));
    const bodies = fc.oneof(dictionary, mutated, json, fc.string(), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(bodies, bodies, (body, carried) => {
        const reports = body.split("\n").length + (Array.isArray(parse(body)) ? (parse(body) as unknown[]).length : 0);
        expectSound(decodeCmcdRequest(KEY, body, [carried], T), reports + 1);
      }),
      runs,
    );
  }, 30_000);

  it("gives the same events for the same bytes", () => {
    fc.assert(
      fc.property(fc.oneof(dictionary, mutated), (body) => {
        expect(decodeCmcdRequest(KEY, body, [], T)).toEqual(decodeCmcdRequest(KEY, body, [], T));
      }),
      runs,
    );
  });

  it("reads what the encoder of the field writes", () => {
    const text = encodeCmcd(
      { v: 2, sid: "s", e: "ps", sta: "p", ts: T, br: [950, 128], bs: true, ec: ["a", "b"] },
      { reportingMode: "event" },
    );
    const report = parseCmcd(text);
    expect([report?.get("sta"), report?.get("bs"), report?.get("ts")]).toEqual(["p", true, T]);
    expect(report?.get("ec")).toEqual([
      { value: "a", type: "" },
      { value: "b", type: "" },
    ]);
  });

  it("keeps no token in memory: nothing is entered into the registry of symbols", () => {
    const token = `t${T}`;
    const registered = Symbol.for; // the parser's other way of reading tokens
    const asked: string[] = [];
    Symbol.for = (key) => {
      asked.push(key);
      return registered(key);
    };
    try {
      expect(parseCmcd(`sta=${token},br=(1;${token})`)?.get("sta")).toBe(token);
    } finally {
      Symbol.for = registered;
    }
    expect(asked).toEqual([]);
  });

  it("is cut where it is long, and read quickly", () => {
    const long = `cid="${"x".repeat(12_000)}",sid="s",e=t,ts=${T},sn=1,v=2`;
    const request = decodeCmcdRequest(KEY, long, [], T);
    expect(JSON.stringify(request).length).toBeLessThan(MAX_LONG_FIELD_LENGTH + 2_000);
    expect(parseCmcd(`sid="${"x".repeat(17_000)}"`)).toBeNull();
    expect(parseCmcd(Array.from({ length: 200 }, (_, index) => `x-${index}`).join(","))).toBeNull();
    const started = process.cpuUsage();
    for (const slow of [`a=(${'"" '.repeat(5_000)}`, `a="${"\\\\".repeat(7_900)}"`, `a=1${";b=1".repeat(4_000)}`]) {
      decodeCmcdRequest(KEY, `${slow}\n`.repeat(30), [], T); // half a megabyte: more is not read
    }
    expect(process.cpuUsage(started).user).toBeLessThan(3_000_000); // µs; the machine may have other work
  });
});

describe("EPAS from the internet", () => {
  it("never throws, never gives an event that the rest cannot read, and always answers", () => {
    const member = fc.constantFrom("event", "sessionId", "timestamp", "playhead", "duration", "payload", "x");
    const value = fc.oneof(scalar, fc.constantFrom("init", "playing", "stopped", "metadata", T, -1), fc.jsonValue());
    const event = fc.dictionary(member, value);
    const bodies = fc.oneof(
      event.map((one) => JSON.stringify(one)),
      fc.array(event).map((many) => JSON.stringify(many)),
      fc.string(),
      fc.json(),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const { request, replyTo } = decodeEpasRequest(KEY, body, () => "made", T);
        expectSound(request, Array.isArray(parse(body)) ? (parse(body) as unknown[]).length : 1);
        expect(typeof JSON.stringify(replyTo(null))).toBe("string");
      }),
      runs,
    );
  }, 30_000);
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
