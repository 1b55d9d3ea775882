import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../../domain/identifiers.ts";
import { REJECTION_REASONS } from "../../../domain/messages/rejection-reasons.ts";
import { traceView } from "../../../domain/view/timeline.ts";
import { EDGE_KEY, type MemoryEdge, OTHER_KEY, startMemoryEdge } from "../../testing/memory-edge.ts";
import { foldRecords } from "../../testing/recorded-inputs.ts";

const T = 1_795_500_000_000;
const CMCD = `/cmcd/${EDGE_KEY}`;
const EPAS = `/epas/${EDGE_KEY}`;

let edge: MemoryEdge;

beforeEach(async () => {
  edge = await startMemoryEdge();
});

afterEach(async () => {
  await edge.listener.close(0);
});

const line = (sn: number, rest: string, sid = "a") => `e=ps,sid="${sid}",sn=${sn},ts=${T + sn * 1_000},v=2,${rest}`;
const epas = (fields: object) => JSON.stringify({ event: "heartbeat", sessionId: "a", timestamp: T, ...fields });
const names = () => edge.written().flatMap(({ events }) => events.map((event) => (event as { e: string }).e));
const views = () => edge.written().map(({ environmentId, viewId }) => [environmentId, viewId]);

describe("POST /cmcd/{env_key}", () => {
  it("takes lines of event mode, packed or not, whatever they call themselves", async () => {
    const body = `${line(0, "sta=s")}\n${line(1, "sta=p")}\n`;
    for (const [payload, headers] of [
      [body, { "content-type": "application/cmcd" }],
      [body.replaceAll("\n", "\r\n"), { "content-type": "text/cmcd" }],
      [gzipSync(body), { "content-encoding": "gzip" }],
    ] as const) {
      const response = await edge.post(payload, { path: CMCD, headers });
      expect([response.status, await response.text()]).toEqual([200, "ok\n"]);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
    }
    expect(edge.written()).toHaveLength(3);
    expect(edge.written()[0]).toMatchObject({ environmentId: 7, viewId: "cmcd:a", transmittedAtMs: T + 1_000 });
    expect(names().slice(0, 4)).toEqual(["viewstart", "rebufferend", "seeked", "playing"]);
  });

  it("takes the same as JSON: one object, a list, or one a line", async () => {
    const report = { v: 2, e: "t", sid: "a", sn: 0, ts: T, br: [{ value: 950, params: { v: true } }, 128] };
    const other = { ...report, sn: 1 };
    for (const body of [
      JSON.stringify(report),
      JSON.stringify([report, other]),
      `${JSON.stringify(report)}\n${JSON.stringify(other)}`,
    ]) {
      expect((await edge.post(body, { path: CMCD })).status).toBe(200);
    }
    expect(names()).toEqual(["hb", "hb", "hb", "hb", "hb"]);
    expect(edge.written()[0]?.events[0]).toMatchObject({ vsobi: 950_000, ake: EDGE_KEY });
  });

  it("keeps the sessions of one request apart, and trusts none of their clocks for the others", async () => {
    await edge.post(`${line(0, "sta=s")}\n${line(9, "sta=s", "b")}\n`, { path: CMCD });
    expect(views()).toEqual([
      [7, "cmcd:a"],
      [7, "cmcd:b"],
    ]);
    expect(edge.written().map(({ transmittedAtMs }) => transmittedAtMs)).toEqual([null, null]);
  });

  it("takes the good reports beside bad ones, and shows these to their environment", async () => {
    const bad = ["not ( a report", line(1, "sta=p").replace(/sid="a",/, ""), line(2, "sta=p").replace("sn=2", "sn=-2")];
    const body = [line(0, "sta=s"), ...bad, ""].join("\n");
    expect((await edge.post(body, { path: CMCD })).status).toBe(200);
    expect(names()).toEqual(["viewstart"]);
    expect(edge.counted()).toEqual([
      ["malformed_cmcd", 2],
      ["missing_view_id", 1],
    ]);
    expect(edge.refused().map(({ environmentId }) => environmentId)).not.toContain(0);
    expect(edge.samples()[0]).toMatchObject({ body, path: CMCD, replayable: true, envKey: EDGE_KEY });
  });

  it("puts each key's reports into its own environment, and those of none into no one's", async () => {
    await edge.post(line(0, "sta=s"), { path: `/cmcd/${OTHER_KEY}` });
    await edge.post(line(0, "sta=s"), { path: "/cmcd/stranger" });
    await edge.post(line(0, "sta=s"), { path: "/cmcd/No-Key" });
    expect(views()).toEqual([[8, "cmcd:a"]]);
    expect(edge.counted()).toEqual([
      ["unknown_environment", 1],
      ["malformed_env_key", 1],
    ]);
  });

  it("refuses whole requests of too many reports, and session ids that are too long", async () => {
    await edge.post(`${line(0, "sta=s")}\n`.repeat(1_001), { path: CMCD });
    await edge.post(`${line(0, `sta=s,cid="${"x".repeat(8_000)}"`)}\n`.repeat(66), { path: CMCD });
    await edge.post(line(0, "sta=s", "x".repeat(251)), { path: CMCD });
    expect(edge.counted()).toEqual([
      ["too_many_events", 1],
      ["too_many_events", 1],
      ["view_id_too_long", 1],
    ]);
    expect(edge.written()).toEqual([]);
  });

  it("answers 503 while the log cannot be written, and takes the repeat as a repeat", async () => {
    edge.beacons.full = true;
    const refusal = await edge.post(line(0, "sta=s"), { path: CMCD });
    expect([refusal.status, refusal.headers.get("access-control-allow-origin")]).toEqual([503, "*"]);
    edge.beacons.full = false;
    for (let turn = 0; turn < 2; turn += 1) await edge.post(line(0, "sta=s"), { path: CMCD });
    const [view] = foldRecords(edge.written()).values();
    expect(view?.transitions).toHaveLength(1);
  });
});

it("gives a view the title of the asset whose playback id is its content id", async () => {
  await edge.listener.close(0);
  const playbackId = "p".repeat(40);
  const owner = {
    environment: { environmentId: 7 as EnvironmentId, retentionDays: 30 },
    asset: { assetId: "asset", title: "Tea" },
  };
  const find = (id: string) => (id === playbackId ? owner : null);
  edge = await startMemoryEdge({ playbackOwners: { find, findAsset: find, load: async () => undefined } });
  await edge.post(line(0, `sta=s,cid="${playbackId}"`), { path: CMCD });
  expect(edge.written()).toMatchObject([{ asset: { assetId: "asset", title: "Tea" } }]);
});

describe("reports of media requests", () => {
  const report = 'bl=4000,br=950,cid="vid-a",d=4000,ot=v,sf=h,sid="a",st=v';

  it("come by query, with GET or POST", async () => {
    const path = `${CMCD}?x=1&CMCD=${encodeURIComponent(report)}`;
    expect((await fetch(edge.url(path))).status).toBe(200);
    expect((await edge.post("", { path })).status).toBe(200);
    expect(names()).toEqual(["playing", "renditionchange", "playing", "renditionchange"]);
    expect(edge.written()[0]?.events[1]).toMatchObject({ xid: "cmcd:a", vsobi: 950_000, vid: "vid-a" });
  });

  it("come by the four headers, which are one report", async () => {
    const headers = {
      "CMCD-Object": "br=950,ot=v",
      "CMCD-Request": "bl=4000",
      "CMCD-Session": 'sid="a"',
      "CMCD-Status": "bs",
    };
    expect((await fetch(edge.url(CMCD), { headers })).status).toBe(200);
    expect(names()).toEqual(["hb", "renditionchange", "rebufferstart", "rebufferend"]);
  });

  it("that say nothing are a greeting", async () => {
    for (const path of [CMCD, `${CMCD}?CMCD=`, `${CMCD}/`, EPAS])
      expect((await fetch(edge.url(path))).status).toBe(200);
    expect([edge.written(), edge.counted()]).toEqual([[], []]);
  });
});

describe("POST /epas/{env_key}", () => {
  const send = async (body: string) => {
    const response = await edge.post(body, {
      path: EPAS,
      headers: { "content-type": "application/json; charset=utf-8" },
    });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
    return response.json();
  };

  it("answers init with the session and how often to tell of it", async () => {
    expect(await send(epas({ event: "init" }))).toEqual({ sessionId: "a", heartbeatInterval: 10_000 });
    expect(views()).toEqual([[7, "epas:a"]]);
  });

  it("gives a session to who names none, and knows it by the answer", async () => {
    const { sessionId } = (await send(epas({ event: "init", sessionId: undefined }))) as { sessionId: string };
    expect(sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await send(epas({ event: "playing", sessionId, timestamp: T + 900 }))).toEqual({ sessionId, valid: true });
    expect(views()).toEqual([
      [7, `epas:${sessionId}`],
      [7, `epas:${sessionId}`],
    ]);
    expect(names()).toEqual(["viewstart", "playing"]);
  });

  it("takes a list, and answers each of its events", async () => {
    const list = [epas({ event: "loading" }), epas({ event: "stopped", payload: { reason: "ended" } }), "5"];
    const answers = await send(`[${list.join(",")}]`);
    expect(answers).toMatchObject([{ sessionId: "a", valid: true }, { sessionId: "a", valid: true }, { valid: false }]);
    expect(names()).toEqual(["loadstart", "ended", "viewend"]);
  });

  it("takes the first 100 sessions of a list, and says which it leaves out", async () => {
    const list = Array.from({ length: 102 }, (_, index) => epas({ sessionId: `s${index}` }));
    const answers = (await send(`[${[...list, list[0]].join(",")}]`)) as { valid: boolean }[];
    expect(answers.flatMap(({ valid }, index) => (valid ? [] : [index]))).toEqual([100, 101]);
    expect(edge.counted()).toEqual([["too_many_views", 2]]);
  });

  it("keeps what it cannot take as rejected, and says so", async () => {
    expect(await send("{")).toMatchObject({ valid: false });
    expect(await send(epas({ event: undefined }))).toMatchObject({ valid: false });
    expect(await send(epas({ sessionId: undefined }))).toMatchObject({ valid: false, message: "no sessionId" });
    expect(edge.counted()).toEqual([
      ["malformed_epas", 1],
      ["malformed_epas", 1],
      ["missing_view_id", 1],
    ]);
    expect(edge.refused().map(({ environmentId }) => environmentId)).not.toContain(0);
  });

  it.each([
    ["stranger", "unknown_environment"],
    ["No-Key", "malformed_env_key"],
  ] as const)("says that nothing is taken under the key %s", async (key, reason) => {
    const { wrong } = REJECTION_REASONS[reason];
    const post = async (body: string) => (await edge.post(body, { path: `/epas/${key}` })).json();
    const refused = { sessionId: "a", valid: false, message: wrong };
    expect(await post(epas({ event: "init" }))).toEqual(refused);
    expect(await post(epas({}))).toEqual(refused);
    expect(await post(`[${epas({})},5]`)).toMatchObject([refused, { valid: false }]);
    expect(edge.written()).toEqual([]);
  });

  it("says which session of a list has an id that is too long", async () => {
    const long = "x".repeat(300);
    const answers = await send(`[${epas({})},${epas({ sessionId: long })}]`);
    expect(answers).toMatchObject([
      { sessionId: "a", valid: true },
      { sessionId: long, valid: false },
    ]);
  });

  it("keeps the one bad event of a list as the sample, beside the whole body", async () => {
    const [good, bad] = [epas({ event: "loading" }), epas({ event: undefined, sessionId: "bad" })];
    await send(`[${good},${bad}]`);
    expect(edge.samples()).toMatchObject([{ body: `[${good},${bad}]`, replayable: true }]);
    expect(JSON.parse(edge.samples()[0]?.event ?? "")).toEqual({ ake: EDGE_KEY, report: bad });
  });

  it("answers no session while the log cannot be written", async () => {
    edge.beacons.full = true;
    expect((await edge.post(epas({ event: "init" }), { path: EPAS })).status).toBe(503);
  });
});

describe("errors of other formats", () => {
  it.each([
    ["CMCD", CMCD, `${line(0, "sta=s")}\n${line(1, "sta=p")}\n${line(2, 'sta=f,ec=("geo")')}\n`],
    [
      "EPAS",
      EPAS,
      `[${[epas({ event: "init" }), epas({ event: "playing", timestamp: T + 900 })].join(",")},${epas({
        ...{ event: "error", timestamp: T + 1_500 },
        ...{ payload: { code: "geo", message: "not here" } },
      })}]`,
    ],
  ])("of %s count as the category of their code says", async (_, path, body) => {
    const failures = () => [...foldRecords(edge.written()).values()].map((view) => traceView(view).failure);
    await edge.post(body, { path });
    expect(failures()).toMatchObject([{ fatal: true, businessException: false }]);

    edge.beacons.records.length = 0;
    edge.categories.byCode?.set("geo", { severity: "fatal", type: "business_exception" });
    await edge.post(body, { path });
    expect(failures()).toMatchObject([{ fatal: true, businessException: true }]);
  });
});

it.each(["/cmcd", "/cmcd/", "/epas", "/epas/?x=1"])("tells who posts to %s where the key belongs", async (path) => {
  const response = await edge.post(epas({}), { path });
  expect(response.headers.get("x-playhead-rejected")).toBe("malformed_env_key=1");
  if (path.startsWith("/epas")) {
    expect(await response.json()).toMatchObject({ valid: false, message: expect.stringContaining("/epas/KEY") });
  }
  expect((await fetch(edge.url(path))).status).toBe(200); // the check of a domain
  expect(edge.counted()).toEqual([["malformed_env_key", 1]]);
});

it("answers the preflight that these content types need", async () => {
  for (const path of [CMCD, EPAS]) {
    const asked = { "access-control-request-headers": "content-type,x-epas-event,x-epas-version,cmcd-request" };
    const response = await fetch(edge.url(path), { method: "OPTIONS", headers: asked });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-headers")).toBe(asked["access-control-request-headers"]);
    expect(response.headers.get("access-control-allow-methods")).toContain("POST");
  }
  expect(edge.written()).toEqual([]);
});
