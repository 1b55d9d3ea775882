import { isbot } from "isbot";
import UAParser from "ua-parser-js";
import type { DeviceFacts } from "../../domain/view/viewer-facts.ts";

/** Parsing costs some 50 µs and a site sees few distinct strings: the newest this many are kept. */
const CACHE_SIZE = 10_000;
/** Longer strings are attacks on the parser. */
const MAX_LENGTH = 1_024;

const CATEGORIES: Record<string, string> = {
  mobile: "phone",
  tablet: "tablet",
  smarttv: "tv",
  console: "console",
  wearable: "wearable",
};

/** Names that say "television" where the parser's own device type says nothing. */
const TELEVISION =
  /\b(?:smart-?tv|appletv|apple tv|googletv|hbbtv|netcast|web0s|webos|tizen|roku|crkey|aft[a-z]|bravia)\b/i;
/** Apple's TV player carries a name that crawler lists know. */
const NOT_A_BOT = /\b(?:AppleCoreMedia|AppleTV|Apple TV)\b/;

/**
 * A parser with a cache of its own: what a `User-Agent` header tells of the viewer's device; "" where it tells nothing
 * (categories as data-api.md §6).
 */
export function createDeviceParser(): (userAgent: string) => DeviceFacts {
  const cache = new Map<string, DeviceFacts>();
  return (userAgent) => {
    const known = cache.get(userAgent);
    if (known !== undefined) return known;
    const device = parseDevice(userAgent.slice(0, MAX_LENGTH));
    if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value as string);
    cache.set(userAgent, device);
    return device;
  };
}

function parseDevice(userAgent: string): DeviceFacts {
  const { browser, engine, os, device } = new UAParser(userAgent).getResult();
  return {
    browser: (browser.name ?? "").replace(/^Mobile /, ""),
    browserVersion: browser.version ?? "",
    engine: engine.name ?? "",
    os: os.name === "Mac OS" ? "macOS" : (os.name ?? ""),
    osVersion: os.version ?? "",
    category: categoryOf(userAgent, device.type, os.name),
    manufacturer: device.vendor ?? "",
    model: device.model ?? "",
    name: deviceName(device.vendor, device.model),
    bot: userAgent !== "" && !NOT_A_BOT.test(userAgent) && isbot(userAgent),
  };
}

/** "Samsung SM-G991B"; Apple's models are names already. */
function deviceName(vendor: string | undefined, model: string | undefined): string {
  if (model === undefined) return "";
  return vendor === undefined || vendor === "Apple" || model.startsWith(vendor) ? model : `${vendor} ${model}`;
}

function categoryOf(userAgent: string, type: string | undefined, os: string | undefined): string {
  if (TELEVISION.test(userAgent)) return "tv";
  if (type !== undefined) return CATEGORIES[type] ?? "";
  return os === undefined ? "" : "desktop"; // browsers on computers name a system and no device
}
