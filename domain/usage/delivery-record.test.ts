import { expect, it } from "vitest";
import { type DeliveryRecord, decodeDeliveryRecord, encodeDeliveryRecord } from "./delivery-record.ts";

const RECORD: DeliveryRecord = {
  ...{ environmentId: 7, assetId: "film", playbackId: "id", planId: "0123456789abcdef", rendition: "720p", segment: 3 },
  ...{ tier: "720p", lengthMs: 4_004, atMs: 1_800_000_000_000, session: "aaaaaaaaaaaaaaaa" },
};

it("is read as it was written, and nothing else is", () => {
  const text = encodeDeliveryRecord(RECORD);
  expect(decodeDeliveryRecord(text)).toEqual(RECORD);
  const without = (name: keyof DeliveryRecord) => JSON.stringify({ v: 1, ...RECORD, [name]: undefined });
  for (const name of Object.keys(RECORD) as (keyof DeliveryRecord)[]) {
    expect([name, decodeDeliveryRecord(without(name))]).toEqual([name, null]);
  }
  for (const change of [{ v: 2 }, { tier: "4k" }, { segment: -1 }, { lengthMs: 0.5 }, { environmentId: "7" }]) {
    expect(decodeDeliveryRecord(JSON.stringify({ ...JSON.parse(text), ...change }))).toBeNull();
  }
  for (const nothing of ["", "null", "7", "[]", text.slice(1)]) expect(decodeDeliveryRecord(nothing)).toBeNull();
});
