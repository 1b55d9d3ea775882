import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type BeaconEvent, decodeEvent } from "./decode-events.ts";
import { decodeRequest } from "./decode-request.ts";
import { createRewriter, parseRecording, transmittedAt } from "./rewrite-recording.ts";

const BEACONS = new URL("../../fixtures/beacons/", import.meta.url);
const FILES = readdirSync(BEACONS).filter((name) => name.endsWith(".ndjson"));
const SHIFT_MS = 1_234_567;

function recording(file: string) {
  const requests = parseRecording(readFileSync(new URL(file, BEACONS), "utf8"));
  if (requests === null) throw new Error(`${file} is no recording`);
  return requests;
}

function eventsOf(body: string): BeaconEvent[] {
  const request = decodeRequest(body);
  if (request.kind === "rejected") throw new Error(request.reason);
  return request.events.map(({ raw }) => {
    const decoded = decodeEvent(raw);
    if (decoded.kind === "rejected") throw new Error(decoded.reason);
    return decoded.event;
  });
}

describe("createRewriter", () => {
  it.each(FILES)("gives %s new views at another time and changes nothing else", (file) => {
    let ids = 0;
    const rewriter = createRewriter({ shiftMs: SHIFT_MS, envKey: "otherkey", createId: () => `new-${++ids}` });
    for (const request of recording(file)) {
      const body = rewriter.rewrite(request.body);
      expect(transmittedAt({ ...request, body })).toBe((transmittedAt(request) ?? 0) + SHIFT_MS);
      const before = eventsOf(request.body);
      for (const [at, event] of eventsOf(body).entries()) {
        const old = before[at] as BeaconEvent;
        expect(event.viewId).toMatch(/^new-\d+$/);
        expect(rewriter.viewIds().get(old.viewId)).toBe(event.viewId);
        expect(event.nested).toEqual(old.nested);
        for (const [name, value] of Object.entries(event.fields)) {
          const was = old.fields[name];
          if (name === "env_key") expect(value).toBe("otherkey");
          else if (name === "view_id" || name === "player_instance_id") expect(value).not.toBe(was);
          // whatever is a time of that day moves; whatever is not stays
          else if (typeof was === "number" && was > 1.7e12 && was < 1.9e12) expect(value).toBe(was + SHIFT_MS);
          else expect(value).toEqual(was);
        }
      }
    }
    expect(new Set(rewriter.viewIds().values()).size).toBe(rewriter.viewIds().size);
  });

  it("keeps the recorded key when none is given, and what is no beacon", () => {
    const rewriter = createRewriter({ shiftMs: 0, envKey: null, createId: () => "new" });
    const [request] = recording("html5-normal.ndjson");
    expect(eventsOf(rewriter.rewrite(request?.body ?? ""))[0]?.fields["env_key"]).toBe("testenvkey0000000000000001");
    expect(rewriter.rewrite("not json")).toBe("not json");
    expect(rewriter.rewrite("[1]")).toBe("[1]");
  });
});

describe("parseRecording", () => {
  it.each(["no recording", '{"t_ms":1}', '{"t_ms":"1","body":"{}"}'])("refuses %s", (text) => {
    expect(parseRecording(text)).toBeNull();
  });

  it("reads an empty file as no requests", () => {
    expect(parseRecording("\n")).toEqual([]);
  });
});
