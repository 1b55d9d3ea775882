import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const NEEDED = {
  DATABASE_URL: "postgres://playhead:secret@127.0.0.1:3032/playhead",
  OBJECTS_DIR: "/objects",
  TRANSCODER_SECRET: "a-secret-of-at-least-32-characters",
  GRANT_SECRETS: "a-secret-of-at-least-32-characters",
  EVENTLOG_DIR: "/eventlog",
};

describe("readConfig", () => {
  it("looks for the transcoder on its own machine unless told otherwise", () => {
    expect(readConfig(NEEDED)).toMatchObject({
      hosts: ["127.0.0.1", "::1"],
      port: 3003,
      internalPort: 3103,
      transcoderUrls: ["http://127.0.0.1:3004"],
      cacheBytes: 256 * 1024 ** 2,
    });
    expect(readConfig({ ...NEEDED, HOST: "::", PLAYHEAD_PORT_BASE: "4000" })).toMatchObject({
      port: 4003,
      transcoderUrls: ["http://[::1]:4004"],
    });
  });

  it("takes several transcoders", () => {
    const urls = "http://10.0.0.1:3004, https://t2.example.com";
    expect(readConfig({ ...NEEDED, TRANSCODER_URLS: urls }).transcoderUrls).toEqual([
      "http://10.0.0.1:3004",
      "https://t2.example.com",
    ]);
  });

  it("puts CDNs before the paths of manifests, each as a folder, or nothing", () => {
    expect(readConfig(NEEDED).bases).toEqual([""]);
    const urls = "https://one.example.com,https://two.example.com/video/";
    expect(readConfig({ ...NEEDED, DELIVERY_BASE_URLS: urls }).bases).toEqual([
      "https://one.example.com/",
      "https://two.example.com/video/",
    ]);
  });

  it("takes two secrets for grants while one replaces the other", () => {
    const [now, before] = ["n".repeat(32), "b".repeat(32)];
    expect(readConfig({ ...NEEDED, GRANT_SECRETS: `${now},${before}` }).grantSecrets).toEqual([now, before]);
  });

  it.each([
    ["GRANT_SECRETS", ""],
    ["GRANT_SECRETS", `${"n".repeat(32)},short`],
    ["EVENTLOG_DIR", ""],
    ["DELIVERY_BASE_URLS", "cdn.example.com"],
    ["TRANSCODER_SECRET", "short"],
    ["TRANSCODER_URLS", "ftp://10.0.0.1"],
    ["DATABASE_URL", "mysql://x"],
    ["OBJECTS_DIR", ""],
    ["OBJECTS_URL", "https://films"],
    ["DELIVERY_CACHE_MIB", "0"],
  ])("refuses %s=%s by name", (name, value) => {
    expect(() => readConfig({ ...NEEDED, [name]: value })).toThrow(name);
  });
});
