import { describe, expect, it } from "vitest";
import { type BeaconEvent, decodeEvent } from "../wire/decode-events.ts";
import { decodeRequest } from "../wire/decode-request.ts";
import { driveSimulation } from "./drive.ts";
import { DEFAULT_OPTIONS, type SimulationOptions } from "./options.ts";
import { createSimulation } from "./simulation.ts";
import type { SendAction } from "./transport.ts";

const START_MS = 1_795_000_000_000;

function requests(changes: Partial<SimulationOptions>): SendAction[] {
  const options = { ...DEFAULT_OPTIONS, environmentKey: "abc123", collectionDomain: "localhost:3002", ...changes };
  const sent: SendAction[] = [];
  driveSimulation(
    createSimulation({ ...options, viewers: 120, rampMs: 5_000, durationMs: 90_000 }, START_MS),
    (action) => {
      sent.push(action);
      return { accepted: true, afterMs: 9 };
    },
  );
  return sent;
}

interface Told {
  event: BeaconEvent;
  sentMs: number;
}

function tell(sent: readonly SendAction[]): Told[] {
  return sent.flatMap(({ body }) => {
    const request = decodeRequest(body);
    if (request.kind === "rejected") throw new Error(request.reason);
    return request.events.flatMap(({ raw }) => {
      const decoded = decodeEvent(raw);
      return decoded.kind === "accepted"
        ? [{ event: decoded.event, sentMs: request.transmissionTimestampMs ?? 0 }]
        : [];
    });
  });
}

// Lived once, outside of tests and their limit of time: 120 viewers take seconds on a machine that is busy.
const oddRequests = requests({ oddity: 1, pace: 12 });
const [plain, withoutOddities] = [requests({}), requests({ oddity: 0, pace: 1 })];
const odd = tell(oddRequests);
const count = (holds: (event: BeaconEvent) => boolean) => odd.filter(({ event }) => holds(event)).length;

describe("oddities", () => {
  it.each([
    "adbreakstart",
    "adplay",
    "adplaying",
    "adpause",
    "adskipped",
    "aderror",
    "adbreakend",
    "devicesleep",
    "devicewake",
  ])("tell %s", (name) => {
    expect(count((event) => event.name === name)).toBeGreaterThan(0);
  });

  it("warn, refuse, sample and leave viewers nameless", () => {
    expect(count(({ fields }) => fields["player_error_severity"] === "warning")).toBeGreaterThan(0);
    expect(count(({ fields }) => fields["player_error_business_exception"] === true)).toBeGreaterThan(0);
    expect(count(({ name, fields }) => name === "viewstart" && fields["mux_sample_rate"] === 0.25)).toBeGreaterThan(0);
    expect(count(({ name, fields }) => name === "viewstart" && fields["mux_viewer_id"] === undefined)).toBeGreaterThan(
      0,
    );
    expect(count(({ fields }) => typeof fields["player_program_time"] === "number")).toBeGreaterThan(0);
  });

  it("set clocks off by days, and by no more than their own", () => {
    const skews = oddRequests.map(({ body, at }) => {
      const request = decodeRequest(body);
      return request.kind === "accepted" ? Number(request.transmissionTimestampMs) - at : 0;
    });
    expect(Math.max(...skews.map(Math.abs))).toBeGreaterThan(2 * 86_400_000);
  });

  it("tell nothing before it happened", () => {
    const early = odd.filter(({ event, sentMs }) => Number(event.fields["viewer_time"]) > sentMs);
    expect(early.map(({ event }) => event.name)).toEqual([]);
  });

  it("are none where none are asked for", () => {
    const sent = (actions: readonly SendAction[]) => actions.map((action) => JSON.stringify(action));
    expect(sent(withoutOddities)).toEqual(sent(plain)); // as texts: comparing the objects takes two seconds
    expect(tell(plain).some(({ event }) => event.name.startsWith("ad"))).toBe(false);
  });
});
