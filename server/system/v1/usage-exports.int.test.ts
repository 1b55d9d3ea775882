import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobContext } from "../../../platform/jobs/task.ts";
import { listJobs, removeJob } from "../../../platform/jobs/testing.ts";
import { createLogger } from "../../../platform/observability/logger.ts";
import { type DataServer, startDataServer } from "../../data/testing/data-server.ts";
import { dayFileKey } from "../../http/day-files.ts";
import { basic, createToken } from "../../testing/tenant.ts";
import { TEST_START_MS } from "../../testing/test-server.ts";
import { caller } from "../../testing/video.ts";
import { createReadyAsset, storeDelivered } from "../../video/testing/delivered.ts";
import { MAKE_USAGE_TASK, makeUsageFileTask } from "../usage/make-usage-file.ts";
import { planUsageFilesTask } from "../usage/plan-usage-files.ts";
import { USAGE_FILES } from "../usage/usage-files.ts";

const DAY_MS = 86_400_000;
const context: JobContext = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
const log = createLogger("test", "silent");
/** The server's today is 2026-11-23, ten o'clock; the environment is of the 20th. */
const DAYS = ["2026-11-22", "2026-11-21", "2026-11-20"];

let server: DataServer;
let mux: Mux;
let film: string;

beforeAll(async () => {
  server = await startDataServer({ rate: { perSecond: 10_000, burst: 10_000 } });
  const since = new Date(TEST_START_MS - 3 * DAY_MS);
  await server.db
    .updateTable("environments")
    .set({ created_at: since } as object)
    .execute();
  mux = new Mux({ ...server.token, baseURL: server.origin, maxRetries: 0 });
  const authorization = basic(server.token.tokenId, server.token.tokenSecret);
  film = await createReadyAsset(server, authorization, { passthrough: "a,b", meta: { creator_id: "ada" } });
  const atMs = Date.UTC(2026, 10, 22, 23, 59, 59);
  await storeDelivered(server, [
    { assetId: film, atMs, lengthMs: 1_500 },
    { assetId: film, atMs, segment: 1, tier: "1080p" },
    { assetId: film, atMs: atMs + 1_000 },
    { assetId: film, atMs, environmentId: 2 },
  ]);
});
afterAll(() => server.stop());

/** Plans, and does what is planned, as the program's worker would. */
async function makeDue(): Promise<string[]> {
  await planUsageFilesTask(server.services)({}, context);
  const jobs = (await listJobs(server.db)).filter(({ task }) => task === MAKE_USAGE_TASK);
  const keys = jobs.map(({ key }) => key ?? "");
  for (const key of keys) {
    const [, environmentId, day] = key.split(":");
    await makeUsageFileTask(server.services, log)({ environmentId, day }, context);
    await removeJob(server.db, key);
  }
  return keys;
}

const list = (query: Mux.System.UsageExportListParams = {}) => mux.system.usageExports.list(query);
const datesOf = async (query: Mux.System.UsageExportListParams) => (await list(query)).data.map(({ date }) => date);

describe("usage exports", () => {
  it("are a file for each day that is over since the environment is there, once they are made", async () => {
    expect(await list()).toEqual({ data: [], meta: { limit: 10, page: 1, pages: 0, total: 0 } });
    expect((await makeDue()).length).toBe(3);
    const { data, meta } = await list({ download_url_ttl: 60 });
    expect(data.map(({ date }) => date)).toEqual(DAYS);
    expect(meta).toEqual({ limit: 10, page: 1, pages: 1, total: 3 });
    const name = `/exports/usage/${server.environmentId}/2026-11-22.csv?`;
    expect(data[0]).toEqual({
      ...{ date: "2026-11-22", download_url: expect.stringContaining(name), file_size: expect.any(Number) },
      download_url_expires_at: TEST_START_MS / 1_000 + 60,
    } satisfies Mux.System.UsageExport);
    expect(await makeDue()).toEqual([]);
  });

  it("hold a line for each asset, and the header alone where nothing was delivered", async () => {
    const [newest, before] = (await list()).data;
    const answer = await fetch(newest?.download_url ?? "");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    const text = await answer.text();
    const [header = "", line = "", ...rest] = text.split("\r\n");
    expect(rest).toEqual([""]);
    expect(Buffer.byteLength(text)).toBe(newest?.file_size);
    const created = TEST_START_MS / 1_000;
    expect(line).toBe(
      `2026-11-22,${server.environmentId},${film},ready,40.04,1080p,basic,${created},,"a,b",,ada,5.5,0,1.5,4,0,0`,
    );
    expect(await (await fetch(before?.download_url ?? "")).text()).toBe(`${header}\r\n`);
  });

  it("are listed page by page, and for a timeframe", async () => {
    expect(await list({ limit: 2, page: 2 })).toMatchObject({
      data: [{ date: "2026-11-20" }],
      meta: { limit: 2, page: 2, pages: 2, total: 3 },
    });
    const seconds = (day: string) => String(Date.parse(`${day}T00:00:00Z`) / 1_000);
    expect(await datesOf({ timeframe: [seconds("2026-11-21"), seconds("2026-11-22")] })).toEqual(["2026-11-21"]);
    expect(await datesOf({ timeframe: ["2:days"] })).toEqual(["2026-11-22"]);
    await expect(list({ timeframe: ["x"] })).rejects.toMatchObject({ status: 400 });
    await expect(list({ download_url_ttl: 0 })).rejects.toMatchObject({ status: 400 });
  });

  it("serve by the link that was given out alone, and not for ever", async () => {
    const [{ download_url: url } = { download_url: "" }] = (await list({ download_url_ttl: 60 })).data;
    const odd = [url.replace("11-22", "11-21"), url.replace(/expires=\d+/, "expires=99999999999"), url.split("?")[0]];
    for (const wrong of [...odd, url.replace(/signature=.*/, "signature=x"), url.replace("/usage", "")])
      expect([wrong, [403, 404].includes((await fetch(wrong ?? "")).status)]).toEqual([wrong, true]);
    server.advance(61_000);
    expect((await fetch(url)).status).toBe(403);
    server.advance(-61_000);
    expect((await fetch(url)).status).toBe(200);
  });

  it("need the permission for the system", async () => {
    const ask = caller(server, await createToken(server.db, server.environmentId, ["video:read"]));
    expect((await ask("GET", "/system/v1/usage/exports")).statusCode).toBe(403);
  });

  it("are made once more when the log can hold nothing of the day, and deleted after 400 days", async () => {
    await storeDelivered(server, [{ assetId: film, atMs: Date.UTC(2026, 10, 22, 1), segment: 2, lengthMs: 10_000 }]);
    server.advance(2 * DAY_MS);
    const { environmentId } = server;
    const made = await makeDue();
    expect(made).toContain(`usage:${environmentId}:2026-11-22`);
    expect(made).toContain(`usage:${environmentId}:2026-11-24`);
    const [, , third] = (await list()).data;
    expect(third?.date).toBe("2026-11-22");
    expect(await (await fetch(third?.download_url ?? "")).text()).toContain(",15.5,0,11.5,4,0,0\r\n");

    server.advance(398 * DAY_MS);
    await planUsageFilesTask(server.services)({}, context);
    expect(
      await server.services.objects.head(dayFileKey(USAGE_FILES, { environmentId, day: "2026-11-20" })),
    ).toBeNull();
    expect(
      await server.services.objects.head(dayFileKey(USAGE_FILES, { environmentId, day: "2026-11-24" })),
    ).not.toBeNull();
  });
});
