import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { INGEST_TASK } from "../../domain/asset/outcome.ts";
import { listJobs } from "../../platform/jobs/testing.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { settleUploadTask } from "../uploads/settle-upload.ts";
import { sourceOf, type UploadRow } from "../video/uploads.ts";
import { basic, createFirstTenant } from "./tenant.ts";
import { startTestServer, type TestServer } from "./test-server.ts";
import { caller, eventsOf } from "./video.ts";

/** What is uploaded: not a film, but bytes of which none stands at two places alike. */
export const FILE = Buffer.from(Uint8Array.from({ length: 1_500_000 }, (_, at) => (at * 7 + (at >> 9)) % 251));

/** `Content-Range` of bytes [start, end). */
export function range(start: number, end: number, total: number | "*" = FILE.length): string {
  return `bytes ${start}-${end - 1}/${total}`;
}

/** Sends to an upload URL without following anything. */
async function send(
  url: string,
  body: Uint8Array<ArrayBuffer> | ReadableStream | string | null,
  headers: Record<string, string> = {},
  method = "PUT",
) {
  const stream = body instanceof ReadableStream ? { duplex: "half" as const } : {};
  const payload = body === null ? {} : { body };
  const response = await fetch(url, { method, headers, redirect: "manual", ...payload, ...stream });
  return {
    status: response.status,
    range: response.headers.get("range"),
    headers: response.headers,
    text: await response.text(),
  };
}

/** For a test file: a listening server with a first tenant before each test, and what clients of uploads do with it. */
export function uploadClients() {
  let postgres: TestPostgres;
  let server: TestServer;
  let ask: ReturnType<typeof caller>;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    server = await startTestServer({ databaseUrl: await postgres.createTestDatabase(), startMs: Date.now() });
    const first = await createFirstTenant(server.db);
    ask = caller(server, basic(first.tokenId, first.tokenSecret));
    await server.listen();
  });
  afterEach(() => server.stop());

  async function create(body: object = {}): Promise<{ id: string; url: string }> {
    const response = await ask("POST", "/video/v1/uploads", { cors_origin: "https://app.example", ...body });
    expect(response.statusCode, response.body).toBe(201);
    return response.json().data;
  }

  async function rowOf({ id }: { id: string }): Promise<UploadRow> {
    return server.db.selectFrom("uploads").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
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

  return {
    server: () => server,
    ask: (...question: Parameters<typeof ask>) => ask(...question),
    create,
    rowOf,
    send,
    piece,
    status,
    expectWhole,
    drafts,
    settle,
  };
}
