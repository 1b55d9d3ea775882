import { describe, expect, it } from "vitest";
import {
  decodeRejectedRecord,
  encodeRejectedRecord,
  type RejectedRecord,
  type RejectedSample,
} from "./rejected-record.ts";

const SAMPLE: RejectedSample = {
  ...{ envKey: "KEY", address: "81.2.69.0", userAgent: "agent", referrer: "", host: "h", path: "/?a=1" },
  ...{ contentType: "text/plain", contentEncoding: "", event: "{", body: "{", isBase64: false, bodyBytes: 1 },
  replayable: true,
};
const COUNT: RejectedRecord = { atMs: 1_795_500_000_000, environmentId: 7, reason: "not_json", count: 3, sample: null };

describe("a record of topic rejected", () => {
  it.each([COUNT, { ...COUNT, count: 0, sample: SAMPLE }])("comes back as it was written", (record) => {
    expect(decodeRejectedRecord(encodeRejectedRecord(record))).toEqual(record);
  });

  it("of the first release names no environment and cannot be sent again", () => {
    const first = { v: 1, reason: "not_json", count: 2, atMs: 5, address: "1.2.3.0", userAgent: "agent" };
    expect(decodeRejectedRecord(JSON.stringify({ ...first, sample: "{" }))).toMatchObject({
      ...{ atMs: 5, environmentId: 0, reason: "not_json", count: 2 },
      sample: { event: "{", body: "", replayable: false, address: "1.2.3.0" },
    });
    expect(decodeRejectedRecord(JSON.stringify({ ...first, sample: null }))?.sample).toBeNull();
  });

  it.each(["", "{", "[]", "null", '{"v":3}', JSON.stringify({ v: 2, ...COUNT, reason: "toString" })])(
    "is not %j",
    (text) => expect(decodeRejectedRecord(text)).toBeNull(),
  );

  it("needs a whole sample", () => {
    const { path: _, ...half } = SAMPLE;
    expect(decodeRejectedRecord(JSON.stringify({ v: 2, ...COUNT, sample: half }))).toBeNull();
  });
});
