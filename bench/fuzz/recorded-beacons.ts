import { globSync, readFileSync } from "node:fs";

/** A request as some player sent it. */
export interface RecordedBeacon {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

const FIXTURES = new URL("../../fixtures/", import.meta.url);
/** Keys that the recordings name. */
const RECORDED_KEY = /testenvkey\d+/g;

/** Every request of every recording, with this environment key. */
export function recordedBeacons(envKey: string): RecordedBeacon[] {
  const files = globSync("*/*.ndjson", { cwd: FIXTURES.pathname }).sort();
  const lines = files.flatMap((file) => readFileSync(new URL(file, FIXTURES), "utf8").trimEnd().split("\n"));
  return lines.map((line) => {
    const { method, path, headers, body } = JSON.parse(line) as Partial<RecordedBeacon> & { body: string };
    const withKey = (text: string) => text.replaceAll(RECORDED_KEY, envKey);
    return { method: method ?? "POST", path: withKey(path ?? "/"), headers: headers ?? {}, body: withKey(body) };
  });
}
