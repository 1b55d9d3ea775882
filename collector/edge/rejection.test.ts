import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { EdgeEnvironment } from "./environments.ts";
import { claimOf, claimOfText } from "./rejection.ts";

const environment = (id: number): EdgeEnvironment => ({ environmentId: id as EnvironmentId, retentionDays: 90 });
const KEYS = new Map([
  ["keyone", environment(1)],
  ["keytwo", environment(2)],
]);
const environmentOf = (key: string) => KEYS.get(key) ?? null;

describe("whom a wrong key means", () => {
  it.each([
    ["keyone", 1],
    [" keyone\n", 1],
    ["KeyTwo", 2],
    ["key one", undefined],
    ["keyon", undefined],
    ["", undefined],
  ])("%j: %s", (key, id) => expect(claimOf(key, environmentOf).environment?.environmentId).toBe(id));
});

describe("whom a body means that cannot be read", () => {
  const claim = (text: string, ofHost: EdgeEnvironment | null = null) => {
    const { environment, envKey } = claimOfText(text, ofHost, environmentOf);
    return [environment?.environmentId ?? 0, envKey];
  };
  const cut = (...keys: string[]) => `{"events":[${keys.map((key) => `{"ake":"${key}"}`).join()},{"ak`;

  it("is whose key it holds, spelled either way, before the host's", () => {
    expect(claim(cut("keyone"))).toEqual([1, "keyone"]);
    expect(claim('{ "env_key" :\n"KEYONE", ')).toEqual([1, "KEYONE"]);
    expect(claim(cut("keyone"), environment(2))).toEqual([1, "keyone"]);
    expect(claim(cut("stranger"), environment(2))).toEqual([2, ""]);
    expect(claim("{", environment(2))).toEqual([2, ""]);
    expect(claim(cut("stranger", "keyone"))).toEqual([1, "keyone"]);
    expect(claim(cut("stranger", "other"))).toEqual([0, "stranger"]);
  });

  it("is nobody where it holds keys of two: neither may see the other's events", () => {
    expect(claim(cut("keyone", "keyone", "keytwo"))).toEqual([0, ""]);
  });
});
