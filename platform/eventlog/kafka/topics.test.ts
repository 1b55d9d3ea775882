import { describe, expect, it } from "vitest";
import { topicConfig } from "./topics.ts";

const settings = { partitions: 16, compacted: false, retentionMs: 1_000, maxBytes: 1_600 };

describe("topicConfig", () => {
  it("lets one of three copies be away, and none where there is one", () => {
    expect([3, 2, 1].map((replicas) => topicConfig(settings, replicas)["min.insync.replicas"])).toEqual([2, 1, 1]);
  });

  it("divides the topic's most bytes among its partitions", () => {
    expect(topicConfig(settings, 1)).toMatchObject({ "retention.bytes": 100, "retention.ms": 1_000 });
    expect(topicConfig({ ...settings, maxBytes: Number.POSITIVE_INFINITY }, 1)["retention.bytes"]).toBe(-1);
  });

  it("keeps the newest record of each key of a compacted topic, whatever its age", () => {
    const config = topicConfig({ ...settings, compacted: true }, 1);
    expect(config["cleanup.policy"]).toBe("compact");
    expect(config["retention.ms"]).toBeUndefined();
  });
});
