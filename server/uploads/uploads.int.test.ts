import { connect } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { startTestServer } from "../testing/test-server.ts";
import { FILE, range, uploadClients } from "../testing/uploads.ts";

const { server, ask, create, rowOf, send, piece, status, expectWhole } = uploadClients();

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

  it.each([
    ["a piece", "PUT", { "content-range": range(0, 10, 100) }],
    ["a whole body in chunks", "PUT", {}],
    ["tus", "POST", { "tus-resumable": "1.0.0", "upload-length": "100" }],
    [
      "a piece of tus",
      "PATCH",
      {
        "tus-resumable": "1.0.0",
        "content-type": "application/offset+octet-stream",
        "upload-offset": "0",
        "upload-length": "100",
      },
    ],
  ])("refuses %s whose total is less than what came, and takes the right one after it", async (_, method, headers) => {
    const upload = await create();
    expect(await piece(upload.url, 1_000, 700_000, "*")).toMatchObject({ status: 308 });
    const body = Readable.toWeb(Readable.from([FILE.subarray(0, 10)])) as ReadableStream;
    expect((await send(upload.url, body, headers, method)).status).toBe(400);
    expect(await piece(upload.url, 0, 1_000)).toMatchObject({ status: 308 });
    expect(await piece(upload.url, 700_000, FILE.length)).toMatchObject({ status: 200 });
    await expectWhole(upload);
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

describe("a preflight of an upload URL", () => {
  const headers = { origin: "https://app.example", "access-control-request-method": "PUT" };

  // Browsers tell a page of a refused preflight as status 0, after which clients give up instead of trying again.
  it.each(["a crowd", "a restart"])("is answered through %s, so that a page sees the 503 of its bytes", async (how) => {
    const { url } = await create();
    const { uploads } = server().services;
    const token = url.split("/").at(-1) ?? "";
    if (how === "a crowd") for (let n = 0; n < 16; n += 1) void uploads.run(token, () => new Promise(() => {}));
    else await uploads.stop(0);
    const preflight = await fetch(url, { method: "OPTIONS", headers });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, headers.origin]);
    const refused = await send(url, FILE.subarray(0, 10), { origin: headers.origin, "content-range": range(0, 10) });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([503, "*"]);
  });

  it("is answered for every origin while Postgres is away", async () => {
    const alone = await startTestServer({ databaseUrl: "postgres://nobody@127.0.0.1:1/none" });
    const url = `/uploads/${"A".repeat(43)}`;
    const preflight = await alone.app.inject({ method: "OPTIONS", url, headers });
    expect([preflight.statusCode, preflight.headers["access-control-allow-origin"]]).toEqual([204, "*"]);
    expect(preflight.headers["access-control-allow-methods"]).toContain("PUT");
    expect((await alone.app.inject({ method: "PUT", url, payload: "x" })).statusCode).toBe(503);
    await alone.stop();
  });
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
