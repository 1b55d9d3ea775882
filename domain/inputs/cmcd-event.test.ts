import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { field } from "../view/view-state.ts";
import { cmcdEvents } from "./cmcd-event.ts";
import { cmcdReport, foldInputs } from "./testing/fold-inputs.ts";

const T = 1_795_500_000_000;

type Keys = Parameters<typeof cmcdReport>[0];

/** Reports of one session, numbered as a player does; times in milliseconds after T. */
function session(reports: readonly Keys[]) {
  return reports.flatMap((keys, sn) => {
    const { ts = 0, ...rest } = keys;
    return events({ v: 2, sid: "s", sn, ts: T + Number(ts), ...rest });
  });
}

function events(keys: Keys, arrivedAtMs = T) {
  return cmcdEvents(cmcdReport(keys), JSON.stringify(keys), arrivedAtMs) ?? [];
}

const names = (keys: Keys) => events({ v: 2, sid: "s", sn: 0, ts: T, ...keys }).map(({ name }) => name);

/** Two minutes with a stall of 2.5 s, a pause of 10 s and a seek, at two bitrates. */
const PLAY: readonly Keys[] = [
  { e: "ps", sta: "d", ts: 0, cid: "vid-a", sf: "h", st: "v" },
  { e: "ps", sta: "s", ts: 1_000 },
  {
    e: "bc",
    ts: 1_100,
    br: [
      [950, "v"],
      [128, "a"],
    ],
  },
  {
    e: "rr",
    ts: 1_200,
    url: "https://cdn.example.com/a/1.m4s",
    rc: 200,
    ttfb: 80,
    ttlb: 300,
    ot: "v",
    d: 4_000,
    br: [950],
  },
  { e: "ps", sta: "p", ts: 1_900, msd: 900, pt: 0 },
  { e: "t", sta: "p", ts: 31_900, pt: 30_000, br: [[950, "v"]] },
  { e: "ps", sta: "r", ts: 40_000, pt: 38_100, bs: true },
  { e: "ps", sta: "p", ts: 42_500, pt: 38_100, bsd: [2_500] },
  { e: "bc", ts: 42_600, br: [[400, "v"]] },
  { e: "ps", sta: "a", ts: 60_000, pt: 55_600 },
  { e: "ps", sta: "p", ts: 70_000, pt: 55_600 },
  { e: "ps", sta: "k", ts: 80_000, pt: 65_600 },
  { e: "ps", sta: "p", ts: 80_400, pt: 90_000 },
  { e: "rr", ts: 81_000, url: "https://cdn.example.com/a/9.m4s", rc: 404, ttfb: 20 },
  { e: "ps", sta: "e", ts: 110_400, pt: 120_000 },
];

describe("a session of event mode", () => {
  it("folds into the figures of what was played", () => {
    const { view, record } = foldInputs(session(PLAY));
    expect(record).toMatchObject({
      counted: true,
      viewStartMs: T + 1_000,
      viewEndMs: T + 110_400,
      startupMs: 900,
      watchMs: 59_000 + 40_400,
      rebufferCount: 1,
      rebufferMs: 2_500,
      seekCount: 1,
      seekMs: 400,
      maxPlayheadMs: 120_000,
      playbackFailure: false,
    });
    expect(view.requests).toMatchObject({ completed: 1, failed: 1, latencySumMs: 80 });
    expect(field(view, "video_id")).toBe("vid-a");
    expect(field(view, "video_source_bitrate")).toBe(400_000);
    expect(field(view, "player_audio_track_bitrate")).toBe(128_000);
    expect(field(view, "video_stream_type")).toBe("on-demand");
    expect(field(view, "player_mux_plugin_name")).toBe("cmcd");
  });

  it("is the same when reports come again and in any order", () => {
    const sent = session(PLAY);
    const truth = foldInputs(sent);
    const orders = fc.shuffledSubarray([...sent, ...sent], { minLength: 2 * sent.length });
    fc.assert(
      fc.property(orders, (order) => {
        const { view, record } = foldInputs(order);
        expect(record).toEqual({ ...truth.record });
        expect(view.requests).toEqual(truth.view.requests);
        expect([...view.fields].sort()).toEqual([...truth.view.fields].sort());
      }),
      { numRuns: 50 },
    );
  });

  it("keeps apart what each number amounts to, responses without gaps", () => {
    const numbers = session(PLAY).map(({ sequence }) => sequence);
    expect(new Set(numbers).size).toBe(numbers.length);
    const responses = [4, 5, 6].flatMap((sn) =>
      events({ v: 2, sid: "s", sn, ts: T, e: "rr", rc: 200, url: "https://a/b" }),
    );
    expect(responses.map(({ sequence }) => sequence)).toEqual([4, 5, 6]);
  });
});

describe("media start delay", () => {
  it("gives the start-up time where no state told of the start", () => {
    const told = session([{ e: "t", ts: 5_000, msd: 1_200, sta: "p" }]);
    expect(foldInputs(told).record).toMatchObject({ startupMs: 1_200, viewStartMs: T + 3_800 });
    expect(foldInputs(session([{ e: "rr", ts: 5_000, rc: 200, url: "https://a/b", msd: 700 }])).record.startupMs).toBe(
      700,
    );
  });

  it("is missing where neither state nor delay tell of it: the start-up time is unknown then", () => {
    expect(foldInputs(session([{ e: "ps", ts: 5_000, sta: "p" }])).record).toMatchObject({
      counted: true,
      startupMs: null,
    });
  });
});

describe("a stall", () => {
  it("is one, whether its end tells its length, its states do, or both", () => {
    const start = { e: "ps", sta: "p", ts: 0, msd: 0 };
    const states = [
      { e: "ps", sta: "r", ts: 10_000 },
      { e: "ps", sta: "p", ts: 13_000 },
    ];
    const both = [states[0] as Keys, { e: "ps", sta: "p", ts: 13_000, bsd: [3_000], bs: true }];
    const lengths = [{ e: "t", sta: "p", ts: 13_000, bsd: [3_000] }];
    const lasting = [states[0] as Keys, { e: "t", sta: "r", ts: 11_000 }, states[1] as Keys];
    for (const reports of [states, both, lasting, lengths]) {
      const { record } = foldInputs(session([start, ...reports, { e: "t", sta: "p", ts: 20_000 }]));
      expect(record).toMatchObject({ rebufferCount: 1, rebufferMs: 3_000, watchMs: 20_000 });
    }
  });

  it("is each of several that are told together", () => {
    const { record } = foldInputs(
      session([
        { e: "ps", sta: "p", ts: 0, msd: 0 },
        { e: "t", ts: 30_000, bsd: [2_000, 500] },
      ]),
    );
    expect(record).toMatchObject({ rebufferCount: 2, rebufferMs: 2_500 });
  });

  it("has no length where a flag is all there is, so it is not made up", () => {
    const { record } = foldInputs(
      session([
        { e: "ps", sta: "p", ts: 0, msd: 0 },
        { e: "t", sta: "p", ts: 30_000, bs: true },
      ]),
    );
    expect(record).toMatchObject({ rebufferCount: 0, rebufferMs: 0 });
  });
});

describe("errors", () => {
  it("end a view when they are fatal, with the code that follows", () => {
    const reports = [
      { e: "ps", sta: "s", ts: 0 },
      { e: "ps", sta: "f", ts: 4_000 },
      { e: "e", sta: "f", ts: 4_001, ec: ["manifestLoadError"] },
    ];
    const { view, record } = foldInputs(session(reports));
    expect(record).toMatchObject({ playbackFailure: true, videoStartupFailure: true, exitBeforeVideoStart: false });
    expect(view.errors.at(-1)).toMatchObject({ code: "manifestLoadError", fatal: true });
  });

  it("are warnings while the player goes on", () => {
    const reports = [
      { e: "ps", sta: "p", ts: 0, msd: 0 },
      { e: "e", sta: "p", ts: 4_000, ec: ["bufferStalledError"] },
      { e: "ps", sta: "q", ts: 9_000 },
    ];
    const { view, record } = foldInputs(session(reports));
    expect(record).toMatchObject({ playbackFailure: false, watchMs: 9_000 });
    expect(view.errors).toMatchObject([{ code: "bufferStalledError", fatal: false }]);
  });
});

describe("each kind of report", () => {
  it.each([
    [{ e: "as" }, ["adplay", "adplaying"]],
    [{ e: "ae" }, ["adended"]],
    [{ e: "abs" }, ["adbreakstart"]],
    [{ e: "abe" }, ["adbreakend"]],
    [{ e: "sk" }, ["adskipped"]],
    [{ e: "pr", pr: 2 }, ["ratechange"]],
    [{ e: "m" }, ["volumechange"]],
    [{ e: "um" }, ["volumechange"]],
    [{ e: "pe" }, ["playbackmodechange"]],
    [{ e: "b", bg: true }, ["hb"]],
    [{ e: "c", cid: "x" }, ["hb"]],
    [{ e: "h", h: "b.example.com" }, ["hb"]],
    [{ e: "h", cdn: "b" }, ["cdnchange"]],
    [{ e: "bc" }, ["hb"]],
    [{ e: "ce", cen: "liked" }, ["customevent"]],
    [{ e: "ps", sta: "q" }, ["viewend"]],
    [{ e: "ps", sta: "w" }, ["hb"]],
    [{ e: "of-tomorrow" }, ["hb"]],
    [{ e: "t", sta: "p" }, ["rebufferend", "seeked", "playing"]],
    [{ e: "t", sta: "a" }, ["seeked", "pause"]],
    [{ e: "t", sta: "r" }, ["hb"]],
    [{ e: "t", sta: "f" }, []],
    [{ e: "t", sta: "e" }, []],
    [{}, ["hb"]],
  ] satisfies [Keys, string[]][])("%j is %j", (keys, expected) => {
    expect(names(keys)).toEqual(expected);
  });

  it("gives a response its request's times, and 0 as a failure", () => {
    const report = {
      v: 2,
      sid: "s",
      sn: 0,
      e: "rr",
      ts: T,
      ttfb: 40,
      ttlb: 250,
      rc: 0,
      url: "https://u:p@cdn.example.com:8443/x?y",
      ot: "a",
    };
    expect(events({ ...report, cmsdd: "YWJj" })).toMatchObject([
      {
        name: "requestfailed",
        viewerTimeMs: T + 250,
        fields: {
          request_start: T,
          request_response_start: T + 40,
          request_response_end: T + 250,
          request_error_code: 0,
          request_hostname: "cdn.example.com",
          request_type: "audio",
        },
        responseHeaders: { "cmsd-dynamic": "YWJj" },
      },
    ]);
  });

  it("goes by the bitrate that is shown, where it is told", () => {
    const [event] = events({ v: 2, sid: "s", sn: 0, e: "bc", ts: T, br: [[950, "v"]], pb: [[345, "v"]] });
    expect(event).toMatchObject({ name: "renditionchange", fields: { video_source_bitrate: 345_000 } });
  });

  it("has kilobits as bits, and no bitrate that nobody plays", () => {
    const [event] = events({
      v: 2,
      sid: "s",
      sn: 0,
      e: "t",
      ts: T,
      br: [[4_999.5, "v"]],
      tb: [[9e12, "v"]],
      mtp: [12_300],
    });
    expect(event?.fields).toMatchObject({ video_source_bitrate: 4_999_500, player_measured_throughput: 12_300_000 });
    expect(event?.fields["video_source_top_bitrate"]).toBeUndefined();
  });
});

describe("a report without a number", () => {
  it("is placed by its time, the same at each repeat, in order", () => {
    const at = (ts: number, keys: Keys) => events({ v: 2, sid: "s", ts: T + ts, ...keys });
    const sent = [
      at(0, { e: "ps", sta: "s" }),
      at(800, { e: "ps", sta: "p" }),
      at(20_000, { e: "ps", sta: "q" }),
    ].flat();
    expect(foldInputs([...sent.toReversed(), ...sent]).record).toMatchObject({ startupMs: 800, watchMs: 20_000 });
  });

  it("keeps most responses of one moment apart", () => {
    const urls = Array.from({ length: 4 }, (_, index) => `https://cdn.example.com/segment-${index}`);
    const numbers = urls.map((url) => events({ v: 2, sid: "s", ts: T, e: "rr", rc: 200, url })[0]?.sequence);
    expect(new Set(numbers).size).toBeGreaterThan(1);
  });

  it("that has no time either is placed by its arrival", () => {
    expect(events({ v: 2, sid: "s", e: "ps", sta: "p", ts: -1 }, T + 5)).toMatchObject([
      {},
      {},
      { viewerTimeMs: T + 5 },
    ]);
  });

  it("is refused where its number cannot be one", () => {
    for (const sn of [-1, 0.5, 2 ** 40, "7"]) {
      const keys: Keys = { v: 2, sid: "s", sn, ts: T, e: "t" };
      expect(cmcdEvents(cmcdReport(keys), "", T)).toBeNull();
    }
  });
});
