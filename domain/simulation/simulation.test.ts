import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldEvent } from "../view/fold.ts";
import { recordOf } from "../view/record/record-of.ts";
import { NO_DEVICE } from "../view/testing/no-device.ts";
import { traceView } from "../view/timeline.ts";
import { createView } from "../view/view-state.ts";
import { type BeaconEvent, decodeEvent } from "../wire/decode-events.ts";
import { decodeRequest } from "../wire/decode-request.ts";
import { type Answer, driveSimulation } from "./drive.ts";
import { parseIncident } from "./incident.ts";
import { DEFAULT_OPTIONS, type SimulationOptions } from "./options.ts";
import { createRandom } from "./random.ts";
import { createSimulation } from "./simulation.ts";
import type { SendAction } from "./transport.ts";
import { concurrencyAt, overlapMs, rebufferingShare, type ViewTruth } from "./view-truth.ts";

const START_MS = 1_795_000_000_000;
const PROMPT = (): Answer => ({ accepted: true, afterMs: 7 });

function incident(text: string) {
  const parsed = parseIncident(text);
  if (parsed.kind === "invalid") throw new Error(parsed.message);
  return parsed.incident;
}

interface Run {
  requests: SendAction[];
  truth: ViewTruth[];
  /** Every event of every request, in the order of sending; repeats included. */
  events: { action: SendAction; event: BeaconEvent; transmittedAtMs: number }[];
  over: boolean;
}

function run(changes: Partial<SimulationOptions>, answer: (action: SendAction) => Answer = PROMPT): Run {
  const options = { ...DEFAULT_OPTIONS, environmentKey: "abc123", collectionDomain: "localhost:3002", ...changes };
  const simulation = createSimulation(options, START_MS);
  const requests: SendAction[] = [];
  const endMs = driveSimulation(simulation, (action) => {
    requests.push(action);
    return answer(action);
  });
  const events = requests.flatMap((action) => decodeAll(action));
  return { requests, truth: simulation.truth(endMs), events, over: simulation.isOver() };
}

function decodeAll(action: SendAction): Run["events"] {
  const request = decodeRequest(action.body);
  if (request.kind === "rejected") throw new Error(request.reason);
  return request.events.map(({ raw }) => {
    const decoded = decodeEvent(raw);
    if (decoded.kind === "rejected") throw new Error(decoded.reason);
    return { action, event: decoded.event, transmittedAtMs: request.transmissionTimestampMs ?? 0 };
  });
}

function byView(events: Run["events"]): Map<string, Run["events"]> {
  const views = new Map<string, Run["events"]>();
  for (const entry of events) views.set(entry.event.viewId, [...(views.get(entry.event.viewId) ?? []), entry]);
  return views;
}

const busy = run({
  viewers: 120,
  rampMs: 20_000,
  durationMs: 240_000,
  incidents: [incident("rebuffer:cdn=fastly:1m")],
});
const views = byView(busy.events);

describe("a simulation with a prompt collector", () => {
  it("ends, and everything sent was acknowledged", () => {
    expect(busy.over).toBe(true);
    expect(busy.truth.length).toBeGreaterThan(120);
    for (const view of busy.truth) {
      expect(view.sent).toEqual(Array.from({ length: view.emitted }, (_, at) => at + 1));
      expect(view.acknowledged).toEqual(view.sent);
    }
  });

  it("sends each view's sequence numbers without gaps, and repeats only what is the same", () => {
    for (const view of busy.truth) {
      const texts = new Map<number, string>();
      for (const { event } of views.get(view.viewId) ?? []) {
        const text = JSON.stringify(event);
        expect(texts.get(event.sequence) ?? text).toBe(text);
        texts.set(event.sequence, text);
      }
      expect([...texts.keys()].sort((one, other) => one - other)).toEqual(view.sent);
    }
  });

  it("tells what happened: a plain fold of the fields ends with the truth", () => {
    const ended = busy.truth.filter((view) => view.endedAtMs !== null);
    expect(ended.length).toBeGreaterThan(100);
    for (const view of ended) {
      const state: Record<string, unknown> = {};
      for (const { event } of views.get(view.viewId) ?? []) Object.assign(state, event.fields);
      expect(state).toMatchObject({
        env_key: "abc123",
        video_title: view.dimensions.title,
        player_name: view.dimensions.player,
        view_watch_time: view.watchMs,
        ...(view.startupMs === null ? {} : { view_time_to_first_frame: view.startupMs }),
        ...(view.rebufferCount === 0
          ? {}
          : { view_rebuffer_count: view.rebufferCount, view_rebuffer_duration: view.rebufferMs }),
        ...(view.seekCount === 0 ? {} : { view_seek_count: view.seekCount, view_seek_duration: view.seekMs }),
        ...(view.cdnTold ? { video_cdn: view.dimensions.cdn } : {}),
        view_max_playhead_position: Math.round(view.maxPlayheadMs),
      });
    }
  });

  it("agrees with what the product derives from the events", () => {
    for (const view of busy.truth) {
      const state = createView(view.viewId, view.loadedAtMs);
      const { context } = state;
      for (const { event, action, transmittedAtMs } of views.get(view.viewId) ?? []) {
        foldEvent(state, event, { atMs: action.at, transmittedAtMs, context });
      }
      const derived = recordOf({ view: state, timeline: traceView(state), device: NO_DEVICE, dropped: false });
      expect({ view: view.viewId, ...derived }).toMatchObject({
        view: view.viewId,
        startupMs: view.startupMs,
        watchMs: view.watchMs,
        rebufferCount: view.rebufferCount,
        rebufferMs: view.rebufferMs,
        seekCount: view.seekCount,
        seekMs: view.seekMs,
        playbackFailure: view.failure !== null,
        videoStartupFailure: view.failure !== null && view.startupMs === null,
      });
      if (view.intentAtMs !== null) expect(derived.viewStartMs).toBe(view.intentAtMs);
    }
  });

  it("repeats no unchanged field outside the rules of the SDK", () => {
    const free = /^(env_key|view_id|.*sequence_number|beacon_domain|player_playhead_time|viewer_time|mux_api_version)$/;
    const alsoFree =
      /^(event|video_id|player_instance_id|player_error_.*|view_playing_time_ms_cumulative|session_expires)$/;
    const families: Record<string, RegExp> = {
      requestcompleted: /^request_/,
      requestfailed: /^request_/,
      renditionchange: /^video_source_/,
      playbackmodechange: /^player_playback_mode/,
      texttrackchange: /^player_text_track_/,
    };
    for (const events of views.values()) {
      const told = new Map<string, unknown>();
      for (const { event } of events) {
        const snapshot = event.sequence === 1 || event.name === "viewstart" || event.name === "viewend";
        for (const [name, value] of Object.entries(event.fields)) {
          const repeated = !snapshot && value !== null && told.get(name) === value;
          if (repeated && !free.test(name) && !alsoFree.test(name) && !families[event.name]?.test(name)) {
            expect.fail(`${event.name} ${event.sequence} repeats ${name}`);
          }
          told.set(name, value);
        }
        if (event.name === "viewend") break; // the next copy of the last batch begins here
      }
    }
  });

  it("never goes back in time within a view, but for rebufferstart, nor beyond the end of the video", () => {
    for (const events of views.values()) {
      const inOrder = [...new Map(events.map(({ event }) => [event.sequence, event])).values()];
      let last = 0;
      for (const { name, fields } of inOrder) {
        const atMs = Number(fields["viewer_time"]);
        if (name !== "rebufferstart") expect(atMs).toBeGreaterThanOrEqual(last);
        last = Math.max(last, atMs);
        const durationMs = inOrder[0]?.fields["video_duration"];
        if (typeof durationMs === "number")
          expect(Number(fields["player_playhead_time"])).toBeLessThanOrEqual(durationMs);
      }
    }
  });

  it("orders events as the recordings do", () => {
    const names = [...views.values()].map((events) => [
      ...new Map(events.map(({ event }) => [event.sequence, event.name])).values(),
    ]);
    const counted = names.filter((list) => list.includes("viewstart"));
    for (const list of counted) {
      const at = (name: string) => list.indexOf(name);
      expect(["networkchange", "playbackmodechange"]).toContain(list[0]);
      expect(at("playbackmodechange")).toBeLessThan(at("viewstart"));
      expect(list.lastIndexOf("viewend")).toBe(list.includes("viewend") ? list.length - 1 : -1);
      if (list.includes("ended")) expect(list[at("ended") - 1]).toBe("pause");
      if (list.includes("playing")) expect(at("play")).toBeLessThan(at("playing"));
      const count = (name: string) => list.filter((entry) => entry === name).length;
      expect(count("rebufferstart") - count("rebufferend")).toBeLessThanOrEqual(1);
      expect(count("seeking") - count("seeked")).toBeLessThanOrEqual(1);
    }
    for (const list of names.filter((entry) => !entry.includes("viewstart"))) expect(list).not.toContain("viewend");
  });

  it("keeps the SDK's rhythm: sends at once after the start, else every ten seconds while something waits", () => {
    const starts = busy.events.filter(({ event }) => event.name === "viewstart");
    for (const { event, action, transmittedAtMs } of starts) {
      expect(Number(event.fields["viewer_time"])).toBe(transmittedAtMs);
      expect(action.kind).toBe("fetch");
    }
    const waits = busy.events.map(
      ({ event, transmittedAtMs }) => transmittedAtMs - Number(event.fields["viewer_time"]),
    );
    expect(Math.max(...waits)).toBeLessThanOrEqual(11_050); // a rebufferstart is dated back by a second
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
  });

  it("sends the last batch of a page twice, in either order", () => {
    const beacons = busy.requests.filter(({ kind }) => kind === "beacon");
    expect(beacons.length).toBeGreaterThan(50);
    const orders = new Set<string>();
    for (const beacon of beacons) {
      const at = busy.requests.indexOf(beacon);
      const twins = [busy.requests[at - 1], busy.requests[at + 1]];
      const twin = twins.find((other) => other?.body === beacon.body && other.kind === "fetch");
      expect(twin?.headers["content-type"]).toBe("text/plain");
      orders.add(twin === twins[0] ? "fetch first" : "beacon first");
    }
    expect(orders.size).toBe(2);
  });

  it("keeps the wanted number watching", () => {
    for (let elapsedMs = 30_000; elapsedMs < 240_000; elapsedMs += 15_000) {
      const concurrent = concurrencyAt(busy.truth, START_MS + elapsedMs);
      expect(concurrent).toBeGreaterThan(120 * 0.85);
      expect(concurrent).toBeLessThanOrEqual(120);
    }
    expect(concurrencyAt(busy.truth, START_MS + 250_000)).toBe(0);
  });

  it("stalls those whom the incident hits, while it lasts", () => {
    const share = (hit: boolean, fromMs: number, toMs: number) => {
      const affected = busy.truth.filter((view) => (view.dimensions.cdn === "fastly") === hit);
      return rebufferingShare(affected, START_MS + fromMs, START_MS + toMs) ?? 0;
    };
    expect(share(true, 30_000, 80_000)).toBeGreaterThan(0.15);
    expect(share(false, 30_000, 80_000)).toBeLessThan(0.04);
    expect(share(true, 100_000, 240_000)).toBeLessThan(0.04);
  });
});

describe("determinism", () => {
  it("makes the same requests from the same seed, and others from another", () => {
    const bodies = (seed: number) =>
      run({ viewers: 5, rampMs: 1_000, durationMs: 40_000, seed }).requests.map(({ body }) => body);
    expect(bodies(7)).toEqual(bodies(7));
    expect(bodies(7)).not.toEqual(bodies(8));
  });

  it("lets the network change nothing that viewers do", () => {
    const spans = (answer: () => Answer) =>
      run({ viewers: 5, rampMs: 1_000, durationMs: 60_000 }, answer).truth.map(({ watching, emitted }) => ({
        watching,
        emitted,
      }));
    const random = createRandom(3);
    expect(spans(() => ({ accepted: random.chance(0.5), afterMs: random.integer(1, 3_000) }))).toEqual(spans(PROMPT));
  });
});

describe("a collector that refuses", () => {
  it("gets the same events again, together with newer ones, after the SDK's delays", () => {
    const outageMs = START_MS + 45_000;
    const { requests } = run({ viewers: 1, rampMs: 1, durationMs: 120_000, seed: 11 }, ({ at }) => ({
      accepted: at >= outageMs,
      afterMs: 5,
    }));
    const sequences = requests.map((action) =>
      decodeAll(action).map(({ event }) => `${event.viewId} ${event.sequence}`),
    );
    const refused = sequences.filter((_, at) => (requests[at]?.at ?? 0) < outageMs);
    expect(refused.length).toBeGreaterThan(2);
    refused.slice(1).forEach((list, at) => {
      expect(list.slice(0, refused[at]?.length)).toEqual(refused[at]);
    });
    const delays = requests.slice(1, refused.length).map(({ at }, index) => at - (requests[index]?.at ?? 0));
    expect(delays[0]).toBe(10_000); // drawn before the first failure was known
    for (const delay of delays.slice(1)) expect(delay).toBeGreaterThanOrEqual(10_000);
    const firstAccepted = sequences[refused.length] ?? [];
    expect(firstAccepted).toEqual(expect.arrayContaining(refused[0] ?? [""]));
  });

  it("never sees two fetches of one page at once, nor more than 300 events in one", () => {
    const underWay = new Map<string, number>();
    const { requests } = run({ viewers: 20, rampMs: 5_000, durationMs: 90_000 }, () => ({
      accepted: true,
      afterMs: 4_000,
    }));
    for (const action of requests) {
      expect(action.events).toBeLessThanOrEqual(300);
      const page = String(decodeAll(action)[0]?.event.fields["player_instance_id"]);
      const last = underWay.get(page);
      const leaving =
        decodeAll(action).at(-1)?.event.name === "viewend" ||
        requests.some((other) => other.kind === "beacon" && other.body === action.body);
      if (last !== undefined && !leaving) expect(action.at - last).toBeGreaterThanOrEqual(4_000);
      if (action.kind === "fetch") underWay.set(page, action.at);
    }
  });

  it("loses only what a closed page could not send again", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0, max: 0.6, noNaN: true }), (seed, failing) => {
        const random = createRandom(seed);
        const { truth, over } = run({ viewers: 6, rampMs: 3_000, durationMs: 60_000, seed }, () => ({
          accepted: !random.chance(failing),
          afterMs: random.integer(1, 2_000),
        }));
        expect(over).toBe(true);
        for (const view of truth) {
          expect(view.sent.length).toBeLessThanOrEqual(view.emitted);
          expect(view.sent).toEqual(expect.arrayContaining([...view.acknowledged]));
          expect(view.watchMs).toBe(overlapMs(view.watching, 0, Number.MAX_SAFE_INTEGER));
          expect(view.rebufferMs).toBeLessThanOrEqual(view.watchMs);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("incidents", () => {
  it("make start-ups slow where they hit", () => {
    const { truth } = run({
      viewers: 80,
      rampMs: 1_000,
      durationMs: 60_000,
      incidents: [incident("startup:device=desktop:60s@0s")],
    });
    const median = (hit: boolean) => {
      const times = truth
        .filter((view) => (view.dimensions.device === "desktop") === hit)
        .flatMap((view) => view.startupMs ?? []);
      return times.sort((one, other) => one - other)[times.length >> 1] ?? 0;
    };
    expect(median(true)).toBeGreaterThan(median(false) + 2_000);
  });

  it("make playback fail where they hit, before the first frame and after", () => {
    const { truth } = run({
      viewers: 80,
      rampMs: 1_000,
      durationMs: 90_000,
      incidents: [incident("failure:cdn=fastly:90s@0s")],
    });
    const failures = (cdn: boolean) =>
      truth.filter((view) => (view.dimensions.cdn === "fastly") === cdn && view.failure !== null);
    expect(failures(true).some((view) => view.startupMs === null)).toBe(true);
    expect(failures(true).some((view) => view.startupMs !== null)).toBe(true);
    expect(failures(true).length).toBeGreaterThan(5 * failures(false).length);
  });
});

describe("leaving early", () => {
  it("ends all views at once and then asks for nothing more", () => {
    const options = {
      ...DEFAULT_OPTIONS,
      viewers: 10,
      rampMs: 100,
      environmentKey: "abc",
      collectionDomain: "localhost:3002",
    };
    const simulation = createSimulation(options, START_MS);
    let nowMs = START_MS;
    for (; nowMs < START_MS + 20_000; nowMs += 50)
      for (const action of simulation.advance(nowMs)) simulation.acknowledge(action, nowMs);
    expect(concurrencyAt(simulation.truth(nowMs), nowMs)).toBeGreaterThan(5);
    for (const action of simulation.leaveAll(nowMs)) simulation.acknowledge(action, nowMs + 3);
    expect(simulation.isOver()).toBe(true);
    expect(concurrencyAt(simulation.truth(nowMs + 10), nowMs + 10)).toBe(0);
  });
});
