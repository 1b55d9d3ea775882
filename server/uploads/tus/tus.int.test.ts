import { Readable } from "node:stream";
import { Upload, type UploadOptions } from "tus-js-client";
import { describe, expect, it } from "vitest";
import { FILE, uploadClients } from "../../testing/uploads.ts";
import { draftOf, sourceOf } from "../../video/uploads.ts";

const { server, ask, create, rowOf, send, piece, expectWhole, drafts } = uploadClients();

const TUS = { "tus-resumable": "1.0.0" };
const BYTES = { ...TUS, "content-type": "application/offset+octet-stream" };

async function request(url: string, method: string, headers: Record<string, string>, body?: Uint8Array<ArrayBuffer>) {
  const answer = await fetch(url, { method, headers, ...(body && { body }) });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** Sends `FILE` as a page does; resolves when the client says it is done. */
function sendAll(url: string, options: UploadOptions = {}): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(FILE, {
      endpoint: url,
      chunkSize: 400_000,
      retryDelays: [0, 0],
      ...options,
      onError: reject,
      onSuccess: () => resolve(upload),
    });
    upload.start();
  });
}

describe("tus on the URL of an upload", () => {
  it("takes a file from tus-js-client, and the asset is made with its last byte", async () => {
    const upload = await create();
    const sent = await sendAll(upload.url);
    expect(sent.url).toBe(upload.url);
    await expectWhole(upload);
  });

  it("goes on where another device was stopped, whoever asks to create it again", async () => {
    const upload = await create();
    const first = new Upload(FILE, { endpoint: upload.url, chunkSize: 400_000 });
    await new Promise<void>((resolve) => {
      first.options.onChunkComplete = () => resolve();
      first.start();
    });
    await first.abort();
    const there = await request(upload.url, "HEAD", TUS);
    expect([there.status, there.headers.get("upload-length")]).toEqual([200, String(FILE.length)]);
    expect(Number(there.headers.get("upload-offset"))).toBeGreaterThanOrEqual(400_000);
    const offsets: number[] = [];
    await sendAll(upload.url, { onProgress: (bytes) => offsets.push(bytes) });
    expect(offsets.some((bytes) => bytes >= 400_000 && bytes < FILE.length)).toBe(true);
    await expectWhole(upload);
  });

  it("shares its bytes with plain pieces", async () => {
    const upload = await create();
    expect(await piece(upload.url, 0, 500_000)).toMatchObject({ status: 308 });
    await sendAll(upload.url, { uploadUrl: upload.url });
    await expectWhole(upload);
    expect(await piece(upload.url, 0, 500_000)).toMatchObject({ status: 200 });
    const done = await request(upload.url, "HEAD", TUS);
    expect(done.headers.get("upload-offset")).toBe(String(FILE.length));
  });

  it("takes a file whose length is known at its end", async () => {
    const upload = await create();
    expect(await request(upload.url, "POST", { ...TUS, "upload-defer-length": "1" })).toMatchObject({ status: 201 });
    const head = await request(upload.url, "HEAD", TUS);
    expect([head.headers.get("upload-defer-length"), head.headers.get("upload-offset")]).toEqual(["1", "0"]);
    const first = FILE.subarray(0, 1_000_000);
    const sent = await request(upload.url, "PATCH", { ...BYTES, "upload-offset": "0" }, first);
    expect([sent.status, sent.headers.get("upload-offset")]).toEqual([204, "1000000"]);
    const length = { "upload-offset": "1000000", "upload-length": String(FILE.length) };
    expect(await request(upload.url, "PATCH", { ...BYTES, ...length }, FILE.subarray(1_000_000))).toMatchObject({
      status: 204,
    });
    await expectWhole(upload);
  });

  it.each([
    ["of the same length: told that all is there", FILE.length, 201, String(FILE.length)],
    ["of another length: refused", FILE.length - 1, 400, null],
  ])(
    "never replaces a finished file by one that is sent while it is created, %s",
    async (_, length, status, offset) => {
      const upload = await create();
      await send(upload.url, FILE);
      const others = new Uint8Array(length).fill(1);
      const again = await request(upload.url, "POST", { ...BYTES, "upload-length": String(length) }, others);
      expect([again.status, again.headers.get("upload-offset")]).toEqual([status, offset]);
      await expectWhole(upload);
    },
  );

  it("never replaces one whose asset is not made yet, since a process died before it was", async () => {
    const upload = await create();
    await piece(upload.url, 0, 1_000_000);
    const draft = draftOf(server().services.objects, await rowOf(upload));
    await draft.write(1_000_000, Readable.from([FILE.subarray(1_000_000)]));
    await draft.finish({ sizeBytes: FILE.length });
    const others = new Uint8Array(FILE.length).fill(1);
    const again = await request(upload.url, "POST", { ...BYTES, "upload-length": String(FILE.length) }, others);
    expect(again.status).toBe(201);
    await expectWhole(upload);
  });

  it("takes no bytes for an asset that was deleted: nobody would remove them", async () => {
    const upload = await create();
    await send(upload.url, FILE);
    const { key } = sourceOf(await rowOf(upload));
    await server().services.objects.delete(key);
    for (const [method, headers] of [
      ["POST", { "upload-length": "10" }],
      ["PATCH", { "upload-offset": "0", "upload-length": "10" }],
    ] as const)
      expect((await request(upload.url, method, { ...BYTES, ...headers }, new Uint8Array(10))).status).toBe(410);
    expect(await server().services.objects.head(key)).toBeNull();
    expect(await drafts()).toEqual([]);
  });

  it("is cancelled by its termination", async () => {
    const upload = await create();
    await request(upload.url, "POST", { ...TUS, "upload-length": "10" });
    expect((await request(upload.url, "DELETE", TUS)).status).toBe(204);
    expect((await rowOf(upload)).status).toBe("cancelled");
    expect((await request(upload.url, "HEAD", TUS)).status).toBe(410);
    const finished = await create();
    await sendAll(finished.url);
    expect((await request(finished.url, "DELETE", TUS)).status).toBe(403);
    expect((await rowOf(finished)).status).toBe("asset_created");
  });

  it.each([
    ["an offset that is not the next", "PATCH", { ...BYTES, "upload-offset": "5" }, 409],
    ["another length than was said", "POST", { ...TUS, "upload-length": "11" }, 400],
    ["more bytes than the file has", "PATCH", { ...BYTES, "upload-offset": "0" }, 413],
    ["an empty file", "POST", { ...TUS, "upload-length": "0" }, 400],
    ["no version of tus", "HEAD", {}, 412],
    ["another version of tus", "HEAD", { "tus-resumable": "0.2.2" }, 412],
  ])("refuses %s", async (_, method, headers, status) => {
    const { url } = await create();
    await request(url, "POST", { ...TUS, "upload-length": "10" });
    const body = method === "PATCH" ? new Uint8Array(20) : undefined;
    expect((await request(url, method, headers, body)).status).toBe(status);
    expect((await request(url, "HEAD", TUS)).headers.get("upload-offset")).toBe("0");
  });

  it("refuses a file that is larger than any may be with 413, also when that is said later, and remembers nothing of it", async () => {
    const tooLong = { "upload-length": String(200 * 1_024 ** 3 + 1) };
    const { url } = await create();
    for (const length of [tooLong, { "upload-length": String(Number.MAX_SAFE_INTEGER) }])
      expect((await request(url, "POST", { ...BYTES, ...length }, new Uint8Array(10))).status).toBe(413);
    await request(url, "POST", { ...TUS, "upload-defer-length": "1" });
    const later = { ...BYTES, ...tooLong, "upload-offset": "0" };
    expect((await request(url, "PATCH", later, new Uint8Array(10))).status).toBe(413);
    const { headers } = await request(url, "HEAD", TUS);
    expect([headers.get("upload-defer-length"), headers.get("upload-offset")]).toEqual(["1", "0"]);
    expect((await request(url, "OPTIONS", {})).headers.get("tus-max-size")).toBe(String(200 * 1_024 ** 3));
  });

  it("says 404 for a URL that is none, and 410 after its time", async () => {
    const { url } = await create();
    expect((await request(url.replace(/.{5}$/, "AAAAA"), "HEAD", TUS)).status).toBe(404);
    const upload = await create({ timeout: 60 });
    await ask("PUT", `/video/v1/uploads/${upload.id}/cancel`, {});
    expect((await request(upload.url, "PATCH", { ...BYTES, "upload-offset": "0" }, new Uint8Array(1))).status).toBe(
      410,
    );
  });

  it("tells pages of its origin what they may send and read", async () => {
    const { url } = await create();
    const asked = { origin: "https://app.example", "access-control-request-headers": "tus-resumable,upload-offset" };
    const { status, headers } = await request(url, "OPTIONS", { ...asked, "access-control-request-method": "PATCH" });
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-methods")).toContain("PATCH");
    expect(headers.get("access-control-allow-headers")).toContain("upload-offset");
    expect(headers.get("tus-extension")).toContain("creation-defer-length");
    const head = await request(url, "HEAD", { ...TUS, origin: "https://app.example" });
    expect(head.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(head.headers.get("access-control-expose-headers")).toContain("Upload-Offset");
  });
});
