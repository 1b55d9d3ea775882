import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetchDraftId, fetchStateKey, sourceKey } from "../../domain/media/object-keys.ts";
import { parseAllowList } from "../../domain/network/allow-list.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { ResumableObjects } from "../../platform/objects/objects.ts";
import { fetchInput } from "./fetch-input.ts";

const REF = { environment: "abc123", assetId: "A".repeat(44) };
const KEY = sourceKey(REF, 1);
const LIMITS = { sizeBytes: 10_000_000, ms: 20_000 };
/** A film by its first box, and 2 MB more: what is on its way when a connection breaks is far less. */
const FILM = Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from("ftypisom"), Buffer.alloc(2_000_000, "film")]);

let folder: string;
let objects: ResumableObjects;
let server: Server;
let answer: (response: ServerResponse, request: IncomingMessage) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-fetch-"));
  objects = openFolderObjects(folder);
  server = createServer((request, response) => answer(response, request));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

function fetched(signal = new AbortController().signal, ms = LIMITS.ms): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const { list: allow } = parseAllowList(`127.0.0.1:${port}`);
  const url = `http://127.0.0.1:${port}/film.mp4`;
  return fetchInput(objects, { url, ref: REF, allow, signal, limits: { ...LIMITS, ms } });
}

async function storedBytes(): Promise<Buffer> {
  const found = await objects.read(KEY);
  return found === null ? Buffer.alloc(0) : buffer(found.body);
}

/** What is kept beside the object itself. */
async function leftovers(): Promise<unknown> {
  const keys = [];
  for await (const { key } of objects.list("")) if (key !== KEY) keys.push(key);
  const draft = await objects.openDraft(KEY, fetchDraftId(REF.assetId)).received();
  return { keys, bytes: draft.contiguousBytes };
}
const NOTHING = { keys: [], bytes: 0 };

/** Answers with the film from where it is asked for, and breaks off after so many bytes. */
function part(response: ServerResponse, { headers }: IncomingMessage, etag: string | null, bytes: number): void {
  const start =
    etag !== null && headers["if-range"] === etag ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0) : 0;
  const rest = FILM.subarray(start);
  if (etag !== null) response.setHeader("etag", etag);
  if (start > 0) response.setHeader("content-range", `bytes ${start}-${FILM.length - 1}/${FILM.length}`);
  response.writeHead(start > 0 ? 206 : 200, { "content-length": rest.length });
  if (bytes >= rest.length) response.end(rest);
  else response.write(rest.subarray(0, bytes), () => response.socket?.end());
}

/** Sends the same piece again and again, until the client leaves. */
function endless(response: ServerResponse, bytes: number, everyMs: number): void {
  response.write(FILM.subarray(0, 16));
  const timer = setInterval(() => response.write(Buffer.alloc(bytes)), everyMs);
  response.once("close", () => clearInterval(timer));
}

describe("fetchInput", () => {
  it("goes on where it broke off, however often", async () => {
    const ranges: unknown[] = [];
    answer = (response, request) => {
      ranges.push(request.headers.range);
      part(response, request, '"one"', 900_000);
    };
    await fetched();
    expect((await storedBytes()).equals(FILM)).toBe(true);
    expect(ranges[0]).toBeUndefined();
    expect(ranges.length).toBeGreaterThan(2);
    for (const range of ranges.slice(1)) expect(range).toMatch(/^bytes=[1-9]\d+-$/);
    expect(await leftovers()).toEqual(NOTHING);
  });

  it.each([
    ["says by nothing that it is still the same", () => null],
    ["is another file by then", (n: number) => `"${n}"`],
    ["has a weak tag", () => 'W/"one"'],
  ])("starts over where the host %s", async (_, tag) => {
    let asked = 0;
    answer = (response, request) => {
      asked += 1;
      part(response, request, tag(asked), asked === 1 ? 900_000 : FILM.length);
    };
    await fetched();
    expect((await storedBytes()).equals(FILM)).toBe(true);
    expect([asked, await leftovers()]).toEqual([2, NOTHING]);
  });

  it("goes on in another process with what the first one had got", async () => {
    const stopping = new AbortController();
    answer = (response) => {
      response.writeHead(200, { etag: '"one"', "content-length": FILM.length }).write(FILM.subarray(0, 500_000));
    };
    const first = fetched(stopping.signal);
    first.catch(() => {}); // looked at below
    const bytes = join(folder, "@drafts", fetchDraftId(REF.assetId), "bytes");
    await expect
      .poll(
        () =>
          stat(bytes).then(
            ({ size }) => size,
            () => 0,
          ),
        { timeout: 4_000 },
      )
      .toBeGreaterThan(100_000);
    stopping.abort(new Error("the program stops"));
    await expect(first).rejects.toThrow("the program stops");
    objects = openFolderObjects(folder);
    const draft = await objects.openDraft(KEY, fetchDraftId(REF.assetId)).received();
    expect(draft.sizeBytes).toBe(FILM.length); // said before the first byte: a bucket's parts depend on it
    const ranges: unknown[] = [];
    answer = (response, request) => {
      ranges.push(request.headers.range);
      part(response, request, '"one"', FILM.length);
    };
    await fetched();
    expect((await storedBytes()).equals(FILM)).toBe(true);
    expect(ranges).toEqual([expect.stringMatching(/^bytes=[1-9]\d{5,}-$/)]);
    expect(await leftovers()).toEqual(NOTHING);
  });

  it("takes no part that it has not asked for", async () => {
    answer = (response) => response.writeHead(206, { "content-range": "bytes 5-9/10" }).end("films");
    await expect(fetched()).rejects.toMatchObject({ type: "download_failed" });
    expect([await objects.head(KEY), await leftovers()]).toEqual([null, NOTHING]);
  });

  it.each([
    ["a page", "<!doctype html><title>Sign in</title>", "web page"],
    ["a service's error", '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "XML"],
    ["a playlist", "#EXTM3U\n/etc/passwd\n", "playlist"],
    ["an archive", `PK\u0003\u0004${"x".repeat(300_000)}`, "archive"],
    ["nothing", "", "empty"],
  ])("says so where the URL leads to %s", async (_, body, message) => {
    answer = (response) => response.writeHead(200).end(body);
    await expect(fetched()).rejects.toMatchObject({ type: "invalid_input", message: expect.stringContaining(message) });
    expect([await objects.head(KEY), await leftovers()]).toEqual([null, NOTHING]);
  });

  it.each([
    [403, "may have expired"],
    [404, "no file at this address"],
    [410, "no file at this address"],
    [418, "leads to the file itself"],
  ])("says what helps against %i", async (status, help) => {
    answer = (response) => response.writeHead(status).end();
    await expect(fetched()).rejects.toMatchObject({ message: expect.stringMatching(new RegExp(`${status}.*${help}`)) });
  });

  it("refuses what is announced as too large before a byte of it has come, and hangs up", async () => {
    const hungUp = Promise.withResolvers<void>();
    answer = (response) => {
      response.once("close", hungUp.resolve);
      response.writeHead(200, { "content-length": 50_000_000 }).write(FILM);
    };
    await expect(fetched()).rejects.toMatchObject({ message: expect.stringContaining("too large") });
    expect(await leftovers()).toEqual(NOTHING);
    await hungUp.promise;
  });

  it("hangs up where the store fails before it reads", async () => {
    const draftId = fetchDraftId(REF.assetId);
    await objects.put(fetchStateKey(REF), Buffer.from(JSON.stringify({ validator: '"one"', sizeBytes: FILM.length })));
    await objects.openDraft(KEY, draftId).write(0, Readable.from([FILM.subarray(0, 500_000)]));
    const bytes = join(folder, "@drafts", draftId, "bytes");
    await rm(bytes);
    await mkdir(bytes);
    const hungUp = Promise.withResolvers<void>();
    answer = (response) => {
      response.once("close", hungUp.resolve);
      response.writeHead(206, { "content-range": `bytes 500000-${FILM.length - 1}/${FILM.length}` }).write("film");
    };
    await expect(fetched()).rejects.toMatchObject({ code: "EISDIR" });
    await hungUp.promise;
  });

  it.each([
    ["endless", (response: ServerResponse) => endless(response, 1_000_000, 5), "too large"],
    ["sent a byte at a time", (response: ServerResponse) => endless(response, 1, 100), "too long"],
  ])("stores nothing of an answer that is %s", async (_, send, message) => {
    answer = send;
    await expect(fetched(undefined, 1_500)).rejects.toMatchObject({
      type: "download_failed",
      message: expect.stringContaining(message),
    });
    expect([await objects.head(KEY), await leftovers()]).toEqual([null, NOTHING]);
  });
});
