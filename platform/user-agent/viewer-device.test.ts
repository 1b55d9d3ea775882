import { describe, expect, it } from "vitest";
import { createDeviceParser } from "./viewer-device.ts";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1";
const WEBOS =
  "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0.5359.211 Safari/537.36 WebAppManager";

describe("createDeviceParser", () => {
  const parse = createDeviceParser();

  it.each([
    [CHROME, "desktop", "Chrome", "Linux"],
    [IPHONE, "phone", "Safari", "iOS"],
    [
      "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1",
      "tablet",
      "Safari",
      "iOS",
    ],
    [WEBOS, "tv", "Chrome", "webOS"],
  ])("reads %s", (userAgent, category, browser, os) => {
    expect(parse(userAgent)).toMatchObject({ category, browser, bot: false });
    expect(parse(userAgent).os.toLowerCase()).toContain(os.toLowerCase().slice(0, 3));
  });

  it("tells crawlers from Apple's TV player", () => {
    expect(parse("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)").bot).toBe(true);
    expect(parse("AppleCoreMedia/1.0.0.21K69 (Apple TV; U; CPU OS 17_1 like Mac OS X; en_us)").bot).toBe(false);
  });

  it.each([
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 (compatible; Googlebot/2.1)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
    "curl/8.5.0",
    "facebookexternalhit/1.1",
  ])("calls %s a crawler", (userAgent) => {
    expect(parse(userAgent).bot).toBe(true);
  });

  it("tells the engine, and a phone by the name it is sold under", () => {
    const samsung =
      "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36";
    expect(parse(samsung)).toMatchObject({ engine: "Blink", manufacturer: "Samsung", name: "Samsung SM-S918B" });
    expect(parse(IPHONE)).toMatchObject({ engine: "WebKit", manufacturer: "Apple", name: "iPhone" });
    expect(parse(CHROME)).toMatchObject({ engine: "Blink", name: "" });
  });

  it("knows nothing of an empty header, and does not call it a bot", () => {
    expect(parse("")).toMatchObject({ browser: "", os: "", category: "", bot: false });
  });

  it("survives a megabyte of nonsense", () => {
    expect(parse("(".repeat(1_000_000)).category).toBe("");
  });
});
