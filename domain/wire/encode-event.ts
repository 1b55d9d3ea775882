import type { BeaconEvent, FieldValue } from "./decode-events.ts";
import { encodeKey } from "./decode-key.ts";

const shortNames = new Map<string, string>();

/** As `encodeKey`, remembered. Only for names of our own making: the memory is not bounded. */
function shortName(long: string): string {
  let short = shortNames.get(long);
  if (short === undefined) {
    short = encodeKey(long);
    shortNames.set(long, short);
  }
  return short;
}

/** An event as the web SDK would send it: short keys, the ones that hold a `url` word last. */
export function encodeEvent(event: Pick<BeaconEvent, "fields" | "nested">): Record<string, unknown> {
  const encoded: Record<string, unknown> = {};
  const urls: [string, FieldValue][] = [];
  for (const name in event.fields) {
    const value = event.fields[name] as FieldValue;
    if (holdsUrl(name)) urls.push([name, value]);
    else encoded[shortName(name)] = value;
  }
  for (const name in event.nested) encoded[shortName(name)] = event.nested[name];
  for (const [name, value] of urls) encoded[shortName(name)] = value;
  return encoded;
}

function holdsUrl(name: string): boolean {
  return name.endsWith("_url") || name.includes("_url_");
}
