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

  it("takes the ports of a machine for origins that are not given", () => {
    const { apiOrigin, streamOrigin, imageOrigin, playerDomain } = readConfig({
      ...NEEDED,
      NEXTAUTH_URL: "http://localhost:4000",
      PLAYHEAD_PORT_BASE: "4000",
    });
    expect({ apiOrigin, streamOrigin, imageOrigin, playerDomain }).toEqual({
      apiOrigin: "http://localhost:4001",
      streamOrigin: "http://localhost:4003",
      imageOrigin: "http://localhost:4003",
      playerDomain: "localhost:4443",
    });
  });

  it("gives players the domain below the stream host", () => {
    const named = { ...NEEDED, PUBLIC_STREAM_URL: "https://stream.video.example/" };
    expect(readConfig(named)).toMatchObject({
      streamOrigin: "https://stream.video.example",
      playerDomain: "video.example",
    });
  });
});
