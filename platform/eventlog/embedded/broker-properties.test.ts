import { describe, expect, it } from "vitest";
import { type BrokerPlace, brokerProperties } from "./broker-properties.ts";

const places = (count: number): BrokerPlace[] =>
  Array.from({ length: count }, (_, at) => ({
    nodeId: at + 1,
    clientPort: 9_000 + at * 2,
    controllerPort: 9_001 + at * 2,
    dataDir: `/data/${at + 1}`,
  }));

function read(count: number, at = 0): Map<string, string> {
  const all = places(count);
  const own = all[at];
  if (own === undefined) throw new Error("no such broker");
  const lines = brokerProperties(own, all).trimEnd().split("\n");
  return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

describe("brokerProperties", () => {
  it("lets every broker know all controllers and listen at its own ports", () => {
    expect(read(3, 1).get("controller.quorum.voters")).toBe("1@127.0.0.1:9001,2@127.0.0.1:9003,3@127.0.0.1:9005");
    expect(read(3, 1).get("advertised.listeners")).toBe("PLAINTEXT://127.0.0.1:9002");
  });

  it("keeps offsets on as many brokers as there are, three at most", () => {
    expect([1, 3].map((count) => read(count).get("offsets.topic.replication.factor"))).toEqual(["1", "3"]);
  });
});
