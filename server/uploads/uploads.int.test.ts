import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { INGEST_TASK } from "../../domain/asset/outcome.ts";
import { listJobs } from "../../platform/jobs/testing.ts";
import type { ObjectDraft } from "../../platform/objects/objects.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { basic, createFirstTenant } from "../testing/tenant.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { caller, eventsOf } from "../testing/video.ts";
import { draftOf, sourceOf, type UploadRow } from "../video/uploads.ts";
import { settleUploadTask } from "./settle-upload.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

let server: TestServer;
let ask: ReturnType<typeof caller>;
beforeEach(async () => {
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase(), startMs: Date.now() });
  const first = await createFirstTenant(server.db);
  ask = caller(server, basic(first.tokenId, first.tokenSecret));
  await server.listen();
});
afterEach(() => server.stop());

const FILE = Buffer.from(Uint8Array.from({ length: 1_500_000 }, (_, at) => (at * 7 + (at >> 9)) % 251));
const range = (start: number, end: number, total: number | "*" = FILE.length) => `bytes ${start}-${end - 1}/${total}`;

async function create(body: object = {}): Promise<{ id: string; url: string }> {
  const response = await ask("POST", "/video/v1/uploads", { cors_origin: "https://app.example", ...body });
  expect(response.statusCode, response.body).toBe(201);
  return response.json().data;
}

async function rowOf({ id }: { id: string }): Promise<UploadRow> {
  return server.db.selectFrom("uploads").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

async function send(url: string, body: BodyInit | null, headers: Record<string, string> = {}) {
  const stream = body instanceof ReadableStream ? { duplex: "half" as const } : {};
  const payload = body === null ? {} : { body };
  const response = await fetch(url, { method: "PUT", headers, redirect: "manual", ...payload, ...stream });
  return {
    status: response.status,
    range: response.headers.get("range"),
    headers: response.headers,
    text: await response.text(),
  };
}

const piece = (url: string, start: number, end: number, total: number | "*" = FILE.length) =>
  send(url, FILE.subarray(start, end), { "content-range": range(start, end, total) });
const status = (url: string, total: number | "*" = FILE.length) =>
  send(url, null, { "content-range": `bytes */${total}` });

async function expectWhole(upload: { id: string }): Promise<void> {
  const row = await rowOf(upload);
  expect(row.status).toBe("asset_created");
  const stored = await server.services.objects.read(sourceOf(row).key);
  expect(stored && FILE.equals(await buffer(stored.body))).toBe(true);
  const events = await eventsOf(server);
  expect(events.map(({ type }) => type)).toEqual([
    "video.upload.created",
    "video.upload.asset_created",
    "video.asset.created",
  ]);
  expect(events[1]?.data).toMatchObject({ id: upload.id, status: "asset_created", asset_id: row.asset_id });
  expect(events[2]?.data).toMatchObject({ id: row.asset_id, upload_id: upload.id });
  expect((await listJobs(server.db)).filter(({ task }) => task === INGEST_TASK)).toHaveLength(1);
  expect(await drafts()).toEqual([]);
}

const drafts = (): Promise<string[]> => readdir(join(server.objectsDir, "@drafts")).catch(() => []);
const settle = ({ id }: { id: string }, environment: string) =>
  settleUploadTask(server.services)(
    { environment, uploadId: id },
    { signal: new AbortController().signal, attempt: 1, isLastAttempt: false },
  );

describe("an upload URL", () => {
  it("takes a whole file in one request, and says so again when it is repeated", async () => {
    const upload = await create({ new_asset_settings: { playback_policy: ["public"], passthrough: "p" } });
    expect((await send(upload.url, FILE)).status).toBe(200);
    expect((await send(upload.url, FILE)).status).toBe(200);
    expect((await status(upload.url)).status).toBe(200);
    await expectWhole(upload);
    const asset = (await ask("GET", `/video/v1/assets/${(await rowOf(upload)).asset_id}`)).json().data;
    expect(asset).toMatchObject({ passthrough: "p", ingest_type: "on_demand_direct_upload" });
    expect(asset.playback_ids).toHaveLength(1);
  });

  it("takes a whole file in chunks of unknown length, by POST and PATCH as well, whatever type it is said to be", async () => {
    const chunks = Readable.from([FILE.subarray(0, 10), FILE.subarray(10)]);
    const upload = await create();
    expect((await send(upload.url, Readable.toWeb(chunks) as ReadableStream)).status).toBe(200);
    await expectWhole(upload);
    for (const [method, type] of [
      ["POST", ""],
      ["PATCH", "application/json"],
      ["PUT", "nonsense;;"],
    ] as const) {
      const { url } = await create();
      const response = await fetch(url, { method, body: FILE, headers: { "content-type": type } });
      expect(response.status).toBe(200);
    }
  });

  it("takes pieces in order with 308 and Range between them, and makes the asset with the last one", async () => {
    const upload = await create();
    expect(await piece(upload.url, 0, 600_000)).toMatchObject({ status: 308, range: "bytes=0-599999", text: "" });
    expect(await piece(upload.url, 600_000, 1_200_000)).toMatchObject({ status: 308, range: "bytes=0-1199999" });
    expect((await rowOf(upload)).status).toBe("waiting");
    expect(await piece(upload.url, 1_200_000, 1_500_000)).toMatchObject({ status: 200 });
    expect(await piece(upload.url, 1_200_000, 1_500_000)).toMatchObject({ status: 200 });
    await expectWhole(upload);
  });

  it("takes pieces in any order, overlapping and repeated, at once", async () => {
    const upload = await create();
    expect(await piece(upload.url, 1_000_000, 1_500_000)).toMatchObject({ status: 308, range: null });
    const ends = await Promise.all([
      piece(upload.url, 0, 500_000),
      piece(upload.url, 0, 500_000),
      piece(upload.url, 400_000, 900_000),
      piece(upload.url, 800_000, 1_100_000),
    ]);
    expect(ends.some(({ status }) => status === 200)).toBe(true);
    expect(ends.every(({ status }) => status === 200 || status === 308)).toBe(true);
    await expectWhole(upload);
  });

  it("takes pieces of an unknown total until one names it", async () => {
    const upload = await create();
    expect(await piece(upload.url, 0, 700_000, "*")).toMatchObject({ status: 308, range: "bytes=0-699999" });
    expect(await piece(upload.url, 700_000, 1_400_000, "*")).toMatchObject({ status: 308, range: "bytes=0-1399999" });
    expect(await piece(upload.url, 1_400_000, 1_500_000)).toMatchObject({ status: 200 });
    await expectWhole(upload);
  });

  it("takes the total from a question when all bytes came without one", async () => {
    const upload = await create();
    await piece(upload.url, 0, FILE.length, "*");
    expect(await status(upload.url, "*")).toMatchObject({ status: 308, range: `bytes=0-${FILE.length - 1}` });
    expect(await status(upload.url)).toMatchObject({ status: 200 });
    await expectWhole(upload);
  });

  it("says what is there when asked, also before anything is", async () => {
    const { url } = await create();
    expect(await status(url)).toMatchObject({ status: 308, range: null });
    await piece(url, 0, 10);
    expect(await status(url, "*")).toMatchObject({ status: 308, range: "bytes=0-9" });
  });

  it("keeps what came before a connection broke, and goes on from there", async () => {
    const upload = await create();
    const { port, pathname } = new URL(upload.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      `PUT ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Range: ${range(0, 1_000_000)}\r\nContent-Length: 1000000\r\n\r\n`,
    );
    socket.write(FILE.subarray(0, 300_000));
    await sleep(200);
    socket.destroy();
    await vi.waitFor(async () => expect((await status(upload.url)).range).not.toBeNull(), 3_000);
    const { range: there } = await status(upload.url);
    const next = Number(/^bytes=0-(\d+)$/.exec(there ?? "")?.[1]) + 1;
    expect(next).toBe(300_000);
    expect(await piece(upload.url, next, 1_500_000)).toMatchObject({ status: 200 });
    await expectWhole(upload);
  });

  it("keeps a piece whose body is shorter than its range", async () => {
    const upload = await create();
    const short = await send(upload.url, FILE.subarray(0, 1_000), { "content-range": range(0, 500_000) });
    expect(short).toMatchObject({ status: 308, range: "bytes=0-999" });
  });

  it.each([
    ["a total that changes", range(10, 20, 2_000_000), 10],
    ["an end beyond the total said before", range(1_500_000, 1_500_010, "*"), 10],
    ["a body longer than its range", range(10, 15), 10],
    ["a range that is none", "bytes x", 10],
  ])("refuses %s with 400 and keeps what it has", async (_, contentRange, length) => {
    const upload = await create();
    await piece(upload.url, 0, 10);
    const refused = await send(upload.url, FILE.subarray(10, 10 + length), { "content-range": contentRange });
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text).error.type).toBe("invalid_parameters");
    expect(await status(upload.url)).toMatchObject({ status: 308, range: "bytes=0-9" });
  });

  it("refuses a question whose total is another", async () => {
    const { url } = await create();
    await piece(url, 0, 10);
    expect((await status(url, 7)).status).toBe(400);
  });

  it("refuses an empty body, also one in chunks, and a total of none: no asset is made of nothing", async () => {
    const upload = await create();
    expect((await send(upload.url, Buffer.alloc(0))).status).toBe(400);
    const { port, pathname } = new URL(upload.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      `PUT ${pathname} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
    expect((await status(upload.url, 0)).status).toBe(400);
    expect((await send(upload.url, FILE)).status).toBe(200);
    await expectWhole(upload);
  });

  it("is 404 for a token that is none", async () => {
    const { url } = await create();
    for (const token of ["x", "A".repeat(43), "%00", "../v1"])
      expect((await send(`${new URL(url).origin}/uploads/${token}`, Buffer.from("x"))).status).toBe(404);
  });

  it("reads a large body to its end before the connection goes, also when it wants none of it", async () => {
    const upload = await create();
    await ask("PUT", `/video/v1/uploads/${upload.id}/cancel`);
    const refused = await send(upload.url, Buffer.alloc(20_000_000));
    expect(refused.status).toBe(410);
    expect(JSON.parse(refused.text).error.type).toBe("gone");
  });
});

describe("CORS of an upload URL", () => {
  const origin = "https://app.example";

  it("lets the chosen origin send pieces and read Range", async () => {
    const { url } = await create();
    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "content-range, x-source-platform",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
    expect(preflight.headers.get("access-control-allow-methods")).toContain("PUT");
    expect(preflight.headers.get("access-control-allow-headers")).toMatch(
      /content-type.*content-range.*x-source-platform/,
    );
    expect(Number(preflight.headers.get("access-control-max-age"))).toBeGreaterThan(7_200);
    const sent = await send(url, FILE.subarray(0, 10), { origin, "content-range": range(0, 10) });
    expect(sent.headers.get("access-control-allow-origin")).toBe(origin);
    expect(sent.headers.get("access-control-expose-headers")).toContain("Range");
  });

  it("does not let others, takes * and a slash at the end, and lets errors be read", async () => {
    const { url } = await create();
    const foreign = await send(url, FILE.subarray(0, 10), { origin: "https://evil.example", "content-range": "x" });
    expect(foreign.status).toBe(400);
    expect(foreign.headers.get("access-control-allow-origin")).toBe("https://app.example");
    const open = await create({ cors_origin: "*" });
    expect((await send(open.url, null, { origin })).headers.get("access-control-allow-origin")).toBe("*");
    const slash = await create({ cors_origin: `${origin}/` });
    expect((await send(slash.url, null, { origin })).headers.get("access-control-allow-origin")).toBe(origin);
    const none = await send(`${new URL(url).origin}/uploads/none`, FILE.subarray(0, 1), { origin });
    expect(none.headers.get("access-control-allow-origin")).toBe("*");
  });
});

describe("the end of an upload", () => {
  it("comes by cancelling, once, with its bytes; not after the asset was made", async () => {
    const upload = await create();
    await piece(upload.url, 0, 10);
    const path = `/video/v1/uploads/${upload.id}/cancel`;
    expect((await ask("PUT", path)).json().data.status).toBe("cancelled");
    expect((await ask("PUT", path)).json().data.status).toBe("cancelled");
    expect(await drafts()).toEqual([]);
    expect((await eventsOf(server)).map(({ type }) => type)).toEqual([
      "video.upload.created",
      "video.upload.cancelled",
    ]);
    expect((await piece(upload.url, 10, 20)).status).toBe(410);
    const done = await create();
    await send(done.url, FILE);
    expect((await ask("PUT", `/video/v1/uploads/${done.id}/cancel`)).statusCode).toBe(403);
  });

  it("comes when its time is over: told, its bytes removed, no more taken", async () => {
    const upload = await create({ timeout: 300 });
    const { environment_id: environment } = await rowOf(upload);
    expect((await listJobs(server.db)).map(({ key }) => key)).toEqual([`upload:${upload.id}`]);
    await piece(upload.url, 0, 10);
    await settle(upload, environment);
    expect((await rowOf(upload)).status).toBe("waiting");
    server.advance(301_000);
    expect((await piece(upload.url, 10, 20)).status).toBe(410);
    await settle(upload, environment);
    const after = (await ask("GET", `/video/v1/uploads/${upload.id}`)).json().data;
    expect(after).toMatchObject({ status: "timed_out", error: { type: "timed_out" } });
    expect(await drafts()).toEqual([]);
    const events = await eventsOf(server);
    expect(events.at(-1)).toMatchObject({ type: "video.upload.errored", data: after });
    await settle(upload, environment);
    expect(await eventsOf(server)).toHaveLength(2);
    expect((await status(upload.url)).status).toBe(410);
  });

  it("is put off while bytes arrive", async () => {
    const upload = await create({ timeout: 60 });
    server.advance(59_000);
    await piece(upload.url, 0, 10);
    server.advance(60_000);
    expect((await piece(upload.url, 10, 20)).status).toBe(308);
  });

  it.each(["the last piece sent again", "a question", "the settling job"])(
    "is made up for by %s when a process died between object and asset",
    async (how) => {
      const upload = await create();
      const row = await rowOf(upload);
      await piece(upload.url, 0, 1_000_000);
      const draft = draftOf(server.services.objects, row);
      await draft.write(1_000_000, Readable.from([FILE.subarray(1_000_000)]));
      await draft.finish({ sizeBytes: FILE.length });
      expect((await rowOf(upload)).status).toBe("waiting");
      if (how === "a question") expect((await status(upload.url)).status).toBe(200);
      else if (how === "the settling job") await settle(upload, row.environment_id);
      else expect((await piece(upload.url, 1_000_000, 1_500_000)).status).toBe(200);
      await expectWhole(upload);
    },
  );

  it("is made up for by the settling job when a process died before the object", async () => {
    const upload = await create();
    const row = await rowOf(upload);
    await piece(upload.url, 0, 1_000_000);
    await draftOf(server.services.objects, row).write(1_000_000, Readable.from([FILE.subarray(1_000_000)]));
    await settle(upload, row.environment_id);
    await expectWhole(upload);
  });
});

describe("an upload that ends while bytes arrive", () => {
  it("takes none when its time was over after it had been looked up: nothing would ever remove them", async () => {
    const upload = await create({ timeout: 60 });
    const { environment_id: environment } = await rowOf(upload);
    vi.spyOn(server.services.objects, "head").mockImplementationOnce(async () => {
      server.advance(61_000);
      await settle(upload, environment);
      server.advance(-61_000); // another server's clock
      return null;
    });
    expect((await piece(upload.url, 0, 10)).status).toBe(503);
    expect(await drafts()).toEqual([]);
    expect((await piece(upload.url, 0, 10)).status).toBe(410);
  });

  it("leaves no object when a process died between cancelling and removing it", async () => {
    const upload = await create();
    const row = await rowOf(upload);
    const draft = draftOf(server.services.objects, row);
    await draft.write(0, Readable.from([FILE]));
    await draft.finish({ sizeBytes: FILE.length });
    await server.db.updateTable("uploads").set({ status: "cancelled" }).where("id", "=", upload.id).execute();
    await settle(upload, row.environment_id);
    expect(await server.services.objects.head(sourceOf(row).key)).toBeNull();
  });
});

describe("a hostile sender", () => {
  it("holds some connections of its own upload, not those of others", async () => {
    const { url } = await create();
    const { port, pathname } = new URL(url);
    const sockets = Array.from({ length: 40 }, () => connect(Number(port), "127.0.0.1"));
    const statuses = new Set<string>();
    for (const socket of sockets) {
      socket.on("data", (answer) => statuses.add(answer.toString().slice(9, 12)));
      socket.write(`PUT ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx`);
    }
    await vi.waitFor(async () => expect((await piece(url, 0, 10, 1_000)).status).toBe(503), 5_000);
    const other = await create();
    expect((await send(other.url, FILE)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    expect([...statuses]).toEqual(["503"]);
    await vi.waitFor(async () => expect((await piece(url, 0, 10, 1_000)).status).toBe(308), 5_000);
  });

  it("cannot have more gaps remembered than anybody needs, and can still fill those there are", async () => {
    const upload = await create();
    const draft = draftOf(server.services.objects, await rowOf(upload));
    for (let start = 1; start < 2_001; start += 2)
      await draft.write(start, Readable.from([FILE.subarray(start, start + 1)]));
    expect((await piece(upload.url, 5_000, 5_001)).status).toBe(400);
    expect(await piece(upload.url, 0, 2_000)).toMatchObject({ status: 308, range: "bytes=0-1999" });
    expect((await piece(upload.url, 5_000, 5_001)).status).toBe(308);
  });
});

describe("a server that stops", () => {
  it("keeps what came and answers 503 with Retry-After, to new requests too", async () => {
    const upload = await create();
    async function* slowly() {
      for (let at = 0; at < FILE.length; at += 50_000) {
        yield FILE.subarray(at, at + 50_000);
        await sleep(40);
      }
    }
    const body = Readable.toWeb(Readable.from(slowly())) as ReadableStream;
    const sending = send(upload.url, body, { "content-range": range(0, FILE.length) });
    await sleep(300);
    await server.services.uploads.stop(2_000);
    const cut = await sending;
    expect(cut.status).toBe(503);
    expect(cut.headers.get("retry-after")).toBe("1");
    expect((await piece(upload.url, 0, 10)).status).toBe(503);
    const kept = await draftOf(server.services.objects, await rowOf(upload)).received();
    expect(kept.contiguousBytes).toBeGreaterThan(100_000);
    expect(kept.contiguousBytes).toBeLessThan(FILE.length);
  });
});

describe("a full disk", () => {
  it("is 503 with Retry-After, the body read to its end, and what came is kept", async () => {
    const upload = await create();
    const { objects } = server.services;
    const openDraft = objects.openDraft.bind(objects);
    let isFull = true;
    vi.spyOn(objects, "openDraft").mockImplementation((key, id) => {
      const draft = openDraft(key, id);
      const write: ObjectDraft["write"] = async (at, body) => {
        if (!isFull) return draft.write(at, body);
        for await (const bytes of body) {
          await draft.write(at, Readable.from([bytes]));
          throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        }
      };
      return { ...bound(draft), write };
    });
    const refused = await piece(upload.url, 0, 1_500_000);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    isFull = false;
    expect((await status(upload.url)).range).toMatch(/^bytes=0-\d+$/);
    expect((await piece(upload.url, 0, 1_500_000)).status).toBe(200);
    await expectWhole(upload);
  });

  function bound(draft: ObjectDraft): ObjectDraft {
    return {
      write: (at, body) => draft.write(at, body),
      received: () => draft.received(),
      announce: (sizeBytes) => draft.announce(sizeBytes),
      finish: (whole) => draft.finish(whole),
      discard: () => draft.discard(),
    };
  }
});

describe("POST /video/v1/uploads", () => {
  it.each([
    ["no cors_origin", { cors_origin: undefined }, "cors_origin: "],
    ["a cors_origin that would break headers", { cors_origin: "https://x\r\nSet-Cookie: a" }, "cors_origin: "],
    ["too short a timeout", { timeout: 59 }, "timeout: "],
    ["too long a timeout", { timeout: 604_801 }, "timeout: "],
    ["a URL as first input", { new_asset_settings: { input: "https://x.y/z" } }, "new_asset_settings.inputs[0].url: "],
    ["drm", { new_asset_settings: { playback_policy: "drm" } }, "new_asset_settings.playback_policies: drm is not"],
  ])("refuses %s", async (_, body, message) => {
    const response = await ask("POST", "/video/v1/uploads", { cors_origin: "*", ...body });
    expect(response.statusCode).toBe(400);
    expect(response.json().error.messages.join("\n")).toContain(message);
  });

  it("lets the first input only configure, and gives settings back as they came", async () => {
    const new_asset_settings = { inputs: [{ name: "main" }], playback_policies: ["signed"], mp4_support: "none" };
    const upload = await ask("POST", "/video/v1/uploads", { cors_origin: "*", new_asset_settings, test: true });
    expect(upload.json().data).toMatchObject({ new_asset_settings, test: true, status: "waiting", timeout: 3_600 });
  });
});
