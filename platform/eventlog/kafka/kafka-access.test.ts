import { describe, expect, it } from "vitest";
import { parseKafkaUrl } from "./kafka-access.ts";

const PLAIN = { prefix: "playhead", tls: null, sasl: null };

describe("parseKafkaUrl", () => {
  it("takes one broker or several, with or without a prefix", () => {
    expect(parseKafkaUrl("kafka://127.0.0.1:9092")).toEqual({ ...PLAIN, brokers: ["127.0.0.1:9092"] });
    expect(parseKafkaUrl("kafka://a:9092,b-1.example:9093/prod.eu")).toEqual({
      ...PLAIN,
      brokers: ["a:9092", "b-1.example:9093"],
      prefix: "prod.eu",
    });
  });

  it("takes a user with a password of any characters, and a mechanism", () => {
    const sasl = { mechanism: "scram-sha-256", username: "me", password: "p@ss:/?" };
    expect(parseKafkaUrl(`kafka://me:${encodeURIComponent(sasl.password)}@a:1`)).toMatchObject({ sasl });
    expect(parseKafkaUrl("kafka://me:x@a:1/p?sasl=plain&tls=1")).toMatchObject({
      tls: {},
      sasl: { mechanism: "plain" },
    });
  });

  it("turns TLS on for a certificate, and says when one cannot be read", () => {
    expect(parseKafkaUrl(`kafka://a:1?ca=${import.meta.filename}`)).toMatchObject({ tls: { ca: expect.any(String) } });
    expect(parseKafkaUrl("kafka://a:1?ca=/nowhere/ca.pem")).toMatch(/ca that cannot be read/);
  });

  it("refuses what names no broker, no possible topic, or a parameter that would silently do nothing", () => {
    const bad = ["", "a:9092", "kafka://", "kafka://a", "kafka://a:9092,", "kafka://a:1/b/c", "kafka://a:1/sp ace"];
    for (const url of [...bad, "kafka://a:1?ssl=1", "kafka://u:p@a:1?sasl=gssapi"])
      expect(parseKafkaUrl(url)).toEqual(expect.any(String));
  });
});
