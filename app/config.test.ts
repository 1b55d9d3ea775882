import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const NEEDED = {
  NODE_ENV: "production" as const,
  NEXTAUTH_URL: "https://play.example",
  NEXTAUTH_SECRET: "s".repeat(32),
};

describe("readConfig", () => {
  it("refuses a proxy that is no range: without it everyone would share the proxy's address", () => {
    expect(() => readConfig({ ...NEEDED, TRUSTED_PROXIES: "10.0.0.0/8,10.0.0.0/33" })).toThrow("10.0.0.0/33");
  });

  it("trusts nobody when told so", () => {
    expect(readConfig({ ...NEEDED, TRUSTED_PROXIES: "" }).trustedProxies).toEqual([]);
  });
});
