import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_SAMPLES_OF_SENDER, SAMPLE_CAPS, SAMPLE_SPAN_MS, SampleCaps } from "./sample-caps.ts";

const origin = (environmentId: number, sender: string, reason: "not_json" | "missing_view_id" = "not_json") => ({
  ...{ environmentId, sender, reason },
});

describe("the caps of samples", () => {
  it("leave room for others, however much one sender sends", () => {
    const caps = new SampleCaps();
    for (let turn = 0; turn < 10_000; turn += 1) {
      caps.admit(0, origin(turn % 3, "10.0.0.0", turn % 2 === 0 ? "not_json" : "missing_view_id"), 60_000);
    }
    for (const environmentId of [0, 1, 2]) {
      expect(caps.admit(0, origin(environmentId, `10.0.1.${environmentId}`), 65_000)).toBe(true);
    }
  });

  it("let one sender be seen ten times a minute, and again in the next", () => {
    const caps = new SampleCaps();
    const kept = (atMs: number) => Array.from({ length: 50 }, () => caps.admit(atMs, origin(1, "10.0.0.0"), 10));
    expect(kept(0).filter(Boolean)).toHaveLength(MAX_SAMPLES_OF_SENDER);
    expect(kept(SAMPLE_SPAN_MS - 1).some(Boolean)).toBe(false);
    expect(kept(SAMPLE_SPAN_MS).filter(Boolean)).toHaveLength(MAX_SAMPLES_OF_SENDER);
  });

  it("keep a flood of many senders in one environment from the others", () => {
    const caps = new SampleCaps();
    for (let sender = 0; sender < 10_000; sender += 1) caps.admit(0, origin(1, `${sender}`), 5_000);
    expect(caps.admit(0, origin(2, "quiet"), 65_000)).toBe(true);
  });

  it("bound the bytes of every span", () => {
    const sample = fc.record({
      environmentId: fc.nat(5),
      sender: fc.nat(20).map(String),
      reason: fc.constantFrom("not_json" as const, "missing_view_id" as const),
      sizeBytes: fc.nat(66_000),
    });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 50, maxLength: 300 }), (samples) => {
        const caps = new SampleCaps();
        const kept = samples.filter((one) => caps.admit(5, one, one.sizeBytes));
        const bytes = (of: (one: (typeof samples)[number]) => boolean) =>
          kept.filter(of).reduce((sum, one) => sum + one.sizeBytes, 0);
        expect(bytes(() => true)).toBeLessThanOrEqual(SAMPLE_CAPS.inAll);
        for (const one of kept) {
          expect(bytes((other) => other.environmentId === one.environmentId)).toBeLessThanOrEqual(
            SAMPLE_CAPS.environment,
          );
          expect(bytes((other) => other.sender === one.sender)).toBeLessThanOrEqual(SAMPLE_CAPS.sender);
        }
      }),
    );
  });
});
