import { describe, expect, it } from "vitest";
import { parseKafkaUrl } from "./kafka-access.ts";

describe("parseKafkaUrl", () => {
  it("takes one broker or several, with or without a prefix", () => {
    expect(parseKafkaUrl("kafka://127.0.0.1:9092")).toEqual({ brokers: ["127.0.0.1:9092"], prefix: "playhead" });
    expect(parseKafkaUrl("kafka://a:9092,b-1.example:9093/prod.eu")).toEqual({
      brokers: ["a:9092", "b-1.example:9093"],
      prefix: "prod.eu",
    });
  });

  it("refuses what names no broker, or no topic could be named after", () => {
    const bad = ["", "a:9092", "kafka://", "kafka://a", "kafka://a:9092,", "kafka://a:1/b/c", "kafka://a:1/sp ace"];
    expect(bad.map(parseKafkaUrl)).toEqual(bad.map(() => null));
  });
});
