import { describe, expect, it } from "vitest";
import { readSeedConfig, readServerConfig } from "./config.ts";

const needed = {
  DATABASE_URL: "postgres://playhead:x@127.0.0.1:3032/playhead",
  CLICKHOUSE_URL: "http://default:x@127.0.0.1:3023",
  OBJECTS_DIR: "/var/lib/playhead/objects",
  SOCKET_TOKEN_SECRET: "ab".repeat(32),
};

describe("readServerConfig", () => {
  it("needs four values and takes the rest from the port base", () => {
    const config = readServerConfig({ ...needed, PLAYHEAD_PORT_BASE: "4000" });
    expect(config).toMatchObject({
      hosts: ["127.0.0.1", "::1"],
      port: 4001,
      internalPort: 4101,
      publicApiUrl: "http://localhost:4001",
      publicStreamUrl: "http://localhost:4003",
      publicSocketUrl: "http://localhost:4005",
      objectsDir: "/var/lib/playhead/objects",
      objectsS3: null,
      deliveryUrl: "http://127.0.0.1:4003",
      apiRate: { perSecond: 50, burst: 200 },
      alwaysAsks: false,
    });
    expect(config.trustedProxies).toHaveLength(2);
    expect(config.socketTokenSecret).toHaveLength(32);
  });

  it("names every mistake at once", () => {
    const wrong = { DATABASE_URL: "mysql://x", SOCKET_TOKEN_SECRET: "short", TRUSTED_PROXIES: "10.0.0.0/8,everyone" };
    expect(() => readServerConfig(wrong)).toThrow(
      /DATABASE_URL[\s\S]*SOCKET_TOKEN_SECRET[\s\S]*TRUSTED_PROXIES.*everyone/,
    );
  });
});

describe("readSeedConfig", () => {
  it("refuses a token secret of another length", () => {
    const seed = {
      ...needed,
      SEED_EMAIL: "owner@localhost",
      SEED_PASSWORD: "12345678",
      SEED_TOKEN_ID: "5b2c8a30-9f0e-4c7e-8f59-6e1f0d3f4a11",
      SEED_TOKEN_SECRET: "a".repeat(75),
      SEED_ENV_KEY: "key1",
    };
    expect(readSeedConfig(seed).seed.email).toBe("owner@localhost");
    expect(() => readSeedConfig({ ...seed, SEED_TOKEN_SECRET: "a".repeat(74) })).toThrow("SEED_TOKEN_SECRET");
  });
});
