import { gunzipSync } from "node:zlib";
import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { EXPORT_COLUMNS, EXPORT_HEADER } from "../../../domain/data-api/export-columns.ts";
import type { JobContext } from "../../../platform/jobs/task.ts";
import { createLogger } from "../../../platform/observability/logger.ts";
import { dayFileKey } from "../../http/day-files.ts";
import { basic, createOtherTenant } from "../../testing/tenant.ts";
import { startExportClock } from "../exports/export-clock.ts";
import { EXPORT_FILES } from "../exports/export-files.ts";
import { makeExportTask } from "../exports/make-export.ts";
import { planExportsTask } from "../exports/plan-exports.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

const DAY_MS = 86_400_000;
const YESTERDAY = Date.UTC(2026, 10, 22);
/** The server's today is 2026-11-23, ten o'clock. */
const WEEK = ["2026-11-22", "2026-11-21", "2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16"];

let server: DataServer;
let environmentId: string;
let other: Awaited<ReturnType<typeof createOtherTenant>>;

beforeAll(async () => {
  server = await startDataServer({ rate: { perSecond: 1_000_000, burst: 1_000_000 } }); // its clock stands still
  ({ environmentId } = server);
  other = await createOtherTenant(server.db);
  await server.store(...views());
  await storedUntil(server.services.now());
});
afterAll(() => server.stop());

/** 1,203 views of yesterday, many of one second, some that began days before; and what must not be in its file. */
function views() {
  const at = (viewStartMs: number, endMs: number, more = {}, row = {}) =>
    server.view({ viewStartMs, viewEndMs: endMs, lastSeenMs: endMs, ...more }, { firstSeenMs: viewStartMs, ...row });
  const busy = Array.from({ length: 1_100 }, (_, n) => at(YESTERDAY + 3_600_000 + (n % 3), YESTERDAY + 3_700_000));
  const spread = Array.from({ length: 100 }, (_, n) => at(YESTERDAY + n * 700_000, YESTERDAY + n * 700_000 + 60_000));
  const edges = [
    at(YESTERDAY - 9 * DAY_MS, YESTERDAY, { videoTitle: 'Long, "very"\r\nlong' }),
    at(YESTERDAY - 1, YESTERDAY + 1),
    at(YESTERDAY + DAY_MS - 1, YESTERDAY + DAY_MS - 1),
  ];
  const outside = [
    at(YESTERDAY - 10, YESTERDAY - 1),
    at(YESTERDAY + DAY_MS - 1, YESTERDAY + DAY_MS),
    at(YESTERDAY + 5, YESTERDAY + 6, { bot: true }),
    at(YESTERDAY + 5, YESTERDAY + 6, { counted: false }),
  ];
  const theirs = at(YESTERDAY + 5, YESTERDAY + 6, {}, { environmentId: 2 });
  const replaced = { ...(edges[1] ?? theirs), version: 2 };
  return [...busy, ...spread, ...edges, ...outside, theirs, replaced];
}

async function storedUntil(atMs: number): Promise<void> {
  await server.clickhouse.client.insert("stored_until", ["topic", "as_of"], [["beacons", new Date(atMs)]]);
}

const context: JobContext = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
const plan = () => planExportsTask(server.services)({}, context);

/** Does what is planned, as the program's worker would, without waiting for its clock. */
async function makeAll(): Promise<number> {
  const jobs = await server.db
    .selectFrom("exports")
    .select(["environment_id as environmentId", "day"])
    .where("status", "<>", "ready")
    .execute();
  for (const job of jobs) await makeExportTask(server.services)(job, context);
  return jobs.length;
}

const list = async () => (await server.get("/data/v1/exports/views")).body;
const pathOf = async (day: string): Promise<string> => {
  const found = (await list()).data.find((each: { export_date: string }) => each.export_date === day);
  return found.files[0].path;
};
const linesOf = async (path: string) => {
  const answer = await fetch(path);
  expect(answer.status).toBe(200);
  const text = gunzipSync(Buffer.from(await answer.arrayBuffer())).toString();
  expect(text.startsWith(EXPORT_HEADER)).toBe(true);
  return text.slice(EXPORT_HEADER.length);
};

describe("/data/v1/exports", () => {
  it("has a file for each of seven days, once their jobs are done, and says what is still to come", async () => {
    expect(await list()).toMatchObject({ data: [], total_row_count: 0, pending: [] });
    await plan();
    const waiting = await list();
    expect(waiting.data).toEqual([]);
    expect(waiting.pending.map(({ export_date }: { export_date: string }) => export_date)).toEqual(WEEK);
    expect(waiting.pending[0]).toEqual({
      ...{ export_date: WEEK[0], status: "waiting", rows_total: null, rows_written: 0, error: null },
    });
    expect(await makeAll()).toBe(14);
    const made = await list();
    expect(made).toMatchObject({
      total_row_count: 7,
      pending: [],
      timeframe: [YESTERDAY / 1_000 - 6 * 86_400, YESTERDAY / 1_000 + 86_400],
    });
    expect(made.data.map(({ export_date }: { export_date: string }) => export_date)).toEqual(WEEK);
  });

  it("is read by every SDK", async () => {
    const options = { ...server.token, baseURL: server.origin };
    for (const Client of [Mux, Mux14, Mux12, Mux9]) {
      const { data, total_row_count, timeframe } = await new Client(options).data.exports.listVideoViews();
      expect([data.length, total_row_count, timeframe.length]).toEqual([7, 7, 2]);
      expect(data[0]).toEqual({ export_date: WEEK[0], files: [{ version: 2, type: "csv", path: expect.any(String) }] });
    }
    const { body } = await server.get("/data/v1/exports");
    expect(body.data).toHaveLength(7);
    expect(await linesOf(body.data[0])).toMatch(/\r\n$/);
  });

  it("holds each view of the day once, and no other", async () => {
    const text = await linesOf(await pathOf("2026-11-22"));
    const known = await server.clickhouse.client.query(
      `SELECT view_id AS id FROM views FINAL WHERE environment_id = 1 AND counted AND NOT bot AND toDate(last_seen) = '2026-11-22'`,
      {},
      z.object({ id: z.string() }),
    );
    expect(known).toHaveLength(1_203);
    const ids = text
      .split(/\r\n(?!long)/)
      .slice(0, -1)
      .map((line) => (line.match(/[0-9a-f-]{36}/g) ?? []).at(-1));
    expect([...ids].sort()).toEqual(known.map(({ id }) => id).sort());
    expect(text).toContain('"Long, ""very""\r\nlong"');
  });

  it("has the header alone for a day without views", async () => {
    expect(await linesOf(await pathOf("2026-11-18"))).toBe("");
  });

  it("sends files as what they are", async () => {
    const answer = await fetch(await pathOf("2026-11-22"));
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...{ "content-type": "application/gzip", "content-length": String(bytes.length) },
      "content-disposition": `attachment; filename="views-${environmentId}-2026-11-22.csv.gz"`,
    });
    expect(answer.headers.get("content-encoding")).toBeNull();
  });

  it("lets nobody have a file by another link than was given out, and not for ever", async () => {
    const path = await pathOf("2026-11-22");
    const theirs = path.replace(environmentId, other.environmentId);
    const later = path.replace(/expires=\d+/, "expires=99999999999");
    const cut = path.replace(/signature=.*/, "signature=");
    const odd = path.replace(/\?.*/, "?expires=x&signature=%00");
    for (const wrong of [theirs, later, cut, odd, path.replace(/\?.*/, ""), path.replace("11-22", "11-21")]) {
      const answer = await fetch(wrong);
      expect([wrong, answer.status]).toEqual([wrong, 403]);
      expect(await answer.json()).toMatchObject({ error: { type: "forbidden" } });
    }
    server.advance(24 * 3_600_000);
    expect((await fetch(path)).status).toBe(403);
    server.advance(-24 * 3_600_000);
    expect((await fetch(path)).status).toBe(200);
  });

  it("keeps another tenant's apart, and asks for a token", async () => {
    const headers = { authorization: basic(other.tokenId, other.tokenSecret) };
    const answer = await server.app.inject({ url: "/data/v1/exports/views", headers });
    const [newest] = answer.json().data;
    expect(newest.files[0].path).toContain(`/exports/${other.environmentId}/`);
    expect((await linesOf(newest.files[0].path)).split("\r\n").slice(0, -1)).toHaveLength(1);
    expect((await server.app.inject({ url: "/data/v1/exports/views" })).statusCode).toBe(401);
    expect((await server.app.inject({ url: "/data/v1/exports" })).statusCode).toBe(401);
  });
});

describe("making", () => {
  it("is planned once, made once, and waits for views that are not stored yet", async () => {
    await plan();
    expect(await makeAll()).toBe(0);
    server.advance(DAY_MS); // but nothing more was stored
    await plan();
    expect((await list()).pending).toEqual([]);
    await storedUntil(server.services.now());
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // as long as an answer about it is kept
    await plan();
    await plan();
    expect((await list()).pending).toMatchObject([{ export_date: "2026-11-23", status: "waiting" }]);
    expect(await makeAll()).toBe(2);
    expect((await list()).data[0].export_date).toBe("2026-11-23");
  });

  it("deletes what is seven days old, bytes and all", async () => {
    const file = { environmentId, day: "2026-11-17" };
    server.advance(DAY_MS);
    expect(await server.services.objects.head(dayFileKey(EXPORT_FILES, file))).not.toBeNull();
    await plan();
    expect(await server.services.objects.head(dayFileKey(EXPORT_FILES, file))).toBeNull();
    const days = await server.db.selectFrom("exports").select("day").orderBy("day").execute();
    expect(new Set(days.map(({ day }) => day))).toEqual(new Set([...WEEK.slice(0, 5), "2026-11-23"]));
  });

  it("tells what stopped it, leaves no half file, and makes it when that is over", async () => {
    const job = { environmentId, day: "2026-11-22" };
    await server.services.objects.delete(dayFileKey(EXPORT_FILES, job));
    await server.db
      .updateTable("exports")
      .set({ status: "waiting", size_bytes: null })
      .where("day", "=", job.day)
      .execute();
    let asked = 0;
    const failing = new Proxy(server.services.clickhouse, {
      get: (target, name) => {
        if (name !== "query") return Reflect.get(target, name);
        return (...args: Parameters<typeof target.query>) => {
          asked += 1;
          return asked === 4 ? Promise.reject(new Error("the store is away")) : target.query(...args);
        };
      },
    });
    const broken = makeExportTask({ ...server.services, clickhouse: failing })(job, context);
    await expect(broken).rejects.toThrow("the store is away");
    expect(await server.services.objects.head(dayFileKey(EXPORT_FILES, job))).toBeNull();
    const [failed] = (await list()).pending;
    expect(failed).toMatchObject({
      export_date: job.day,
      status: "failed",
      rows_total: 1_203,
      error: "the store is away",
    });
    await plan();
    expect(await makeAll()).toBe(2);
    expect((await linesOf(await pathOf(job.day))).length).toBeGreaterThan(1_203 * EXPORT_COLUMNS.length);
  });

  it("ends with the program, and goes on later", async () => {
    const job = { environmentId, day: "2026-11-22" };
    await server.db
      .updateTable("exports")
      .set({ status: "waiting", size_bytes: null })
      .where("day", "=", job.day)
      .execute();
    const stopping = { ...context, signal: AbortSignal.abort() };
    await expect(makeExportTask(server.services)(job, stopping)).rejects.toThrow();
    expect((await list()).pending).toMatchObject([{ export_date: job.day, status: "waiting", error: null }]);
    await makeExportTask(server.services)(job, context);
    expect((await list()).pending).toEqual([]);
  });
});

it("a server that runs makes them by itself", async () => {
  await server.db.deleteFrom("exports").execute();
  server.startJobs();
  const clock = startExportClock(server.db, createLogger("test", "silent"));
  await expect.poll(async () => (await list()).data.length, { timeout: 50_000, interval: 200 }).toBe(6);
  await clock.stop();
});
