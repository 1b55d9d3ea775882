import { describe, expect, it } from "vitest";
import { EnvironmentWire } from "./wire.ts";

describe("EnvironmentWire", () => {
  it("reads an environment whose keys are all revoked", () => {
    const wire = { id: "abc123", name: "Production", type: "production", env_key: null };
    expect(EnvironmentWire.parse(wire)).toMatchObject({ id: "abc123", environmentKey: null });
  });
});
