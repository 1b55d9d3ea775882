import { describe, expect, it } from "vitest";
import { Readiness } from "./readiness.ts";

describe("Readiness", () => {
  it("is not ready while something is still starting", async () => {
    const readiness = new Readiness();
    const opened = readiness.awaiting("public port");
    expect(await readiness.report()).toMatchObject({ ready: false, checks: { "public port": { ok: false } } });
    opened();
    expect(await readiness.report()).toEqual({ ready: true, checks: {} });
  });

  it("is not ready when a check fails or throws", async () => {
    const readiness = new Readiness();
    readiness.add("fine", () => ({ ok: true }));
    readiness.add("broken", () => {
      throw new Error("no connection");
    });
    expect(await readiness.report()).toMatchObject({ ready: false, checks: { broken: { reason: "no connection" } } });
  });
});
