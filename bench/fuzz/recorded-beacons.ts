import { readdirSync, readFileSync } from "node:fs";

/** A request as some player sent it. */
export interface RecordedBeacon {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

const FOLDERS = ["../../fixtures/beacons/", "../../fixtures/cmcd/"];
/** Keys that the recordings name. */
const RECORDED_KEY = /testenvkey\d+/g;

/** Every request of every recording, with this environment key. */
export function recordedBeacons(envKey: string): RecordedBeacon[] {
  return FOLDERS.flatMap((name) => {
    const folder = new URL(name, import.meta.url);
    const files = readdirSync(folder).filter((file) => file.endsWith(".ndjson"));
    return files.flatMap((file) => readFileSync(new URL(file, folder), "utf8").trimEnd().split("\n"));
  }).map((line) => {
    const { method, path, headers, body } = JSON.parse(line) as Partial<RecordedBeacon> & { body: string };
    const withKey = (text: string) => text.replaceAll(RECORDED_KEY, envKey);
    return { method: method ?? "POST", path: withKey(path ?? "/"), headers: headers ?? {}, body: withKey(body) };
  });
}
