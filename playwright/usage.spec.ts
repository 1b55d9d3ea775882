import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Mux from "@mux/mux-node";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { type RunningPlayhead, startPlayheadOn } from "../bench/stack/start-playhead.ts";
import { signToken } from "../delivery/testing/signing.ts";
import { portsFrom } from "../domain/ports.ts";
import { openFolderObjects } from "../platform/objects/folder-objects.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { createMetrics } from "../platform/observability/metrics.ts";
import { createPool, createPostgres } from "../platform/postgres/pool.ts";
import { findPortBase } from "../scripts/simulate/running-system.ts";
import { secretsOf } from "../scripts/supervise/secrets.ts";
import { planUsageFilesTask } from "../server/system/usage/plan-usage-files.ts";
import { makeFilm } from "./system/films.ts";
import { type Site, serveSite } from "./system/site.ts";
import {
  countedMs,
  type Rendition,
  type Renditions,
  renditionsOf,
  type Tier,
  type Watching,
  watch,
} from "./system/watched.ts";

/** What is told of delivered seconds, to the millisecond, is what players in a browser were given. */
test.describe.configure({ mode: "serial" });

const SECONDS = 32;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PATIENCE = { timeout: 30_000 };

interface Film {
  assetId: string;
  public: string;
  signed: string;
}

let folder: string;
let playhead: RunningPlayhead;
let site: Site;
let mux: Mux;
let film: Film;
let radio: Film;
let renditions: Renditions;
let startedMs: number;
/** Of all viewers. */
const fetched: Watching["fetched"] = [];

test.beforeAll(async ({ browserName: _ }, info) => {
  test.setTimeout(300_000);
  startedMs = Date.now();
  site = await serveSite();
  folder = await mkdtemp(join(tmpdir(), "playhead-usage-"));
  playhead = await startPlayheadOn(folder, { FETCH_ALLOW: new URL(site.origin).host });
  const { api, tokenId, tokenSecret } = playhead.access;
  mux = new Mux({ tokenId, tokenSecret, baseURL: api });
  const file = info.outputPath("film.mp4");
  await makeOddFilm(file);
  site.file("/film.mp4", file);
  site.file("/radio.m4a", await makeFilm(info.outputDir, "Radio hour"));
  [film, radio] = await Promise.all([publish("/film.mp4"), publish("/radio.m4a")]);
  const found = await Promise.all(
    [film, radio].map((one) => renditionsOf(`${playhead.access.stream}/${one.public}.m3u8`)),
  );
  renditions = new Map(found.flatMap((some) => [...some]));
});

test.afterAll(async () => {
  await site?.close();
  await playhead?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Of segments that are no whole milliseconds long, with enough bits for two tiers. */
async function makeOddFilm(file: string): Promise<void> {
  const picture = `testsrc2=size=1920x1080:rate=30000/1001:duration=${SECONDS},noise=alls=6:allf=t`;
  const input = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", `sine=duration=${SECONDS}`];
  const encode = "-c:v libx264 -preset ultrafast -g 70 -b:v 5M -maxrate 6M -bufsize 6M -pix_fmt yuv420p -c:a aac".split(
    " ",
  );
  await promisify(execFile)("ffmpeg", ["-v", "error", ...input, ...encode, file]);
}

async function publish(path: string): Promise<Film> {
  const { id } = await mux.video.assets.create({
    inputs: [{ url: site.origin + path }],
    playback_policies: ["public", "signed"],
  });
  await expect.poll(async () => (await mux.video.assets.retrieve(id)).status, PATIENCE).toBe("ready");
  const { playback_ids = [] } = await mux.video.assets.retrieve(id);
  const idOf = (policy: string) => playback_ids.find((one) => one.policy === policy)?.id ?? "";
  return { assetId: id, public: idOf("public"), signed: idOf("signed") };
}

function segmentsOf(tier: Tier, heightPx: number): Rendition["segments"] {
  const found = [...renditions.values()].find((one) => one.tier === tier && one.heightPx === heightPx);
  if (found === undefined) throw new Error(`the film has no rendition of ${heightPx} lines`);
  return found.segments;
}

/** Has all segments of a rendition made before somebody waits for them, which counts for nothing. */
async function makeAhead(tier: Tier, heightPx: number): Promise<void> {
  for (const { url } of segmentsOf(tier, heightPx)) {
    const made = async () => (await fetch(url, { method: "HEAD" })).status;
    await expect.poll(made, PATIENCE).toBe(200);
  }
}

/** A viewer of his own. Closes without a request under way: of one that is broken off nobody knows what the system had. */
async function viewer(
  browser: Browser,
  html: string,
  watched: (page: Page, watching: Watching) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const watching = watch(context);
  const page = await context.newPage();
  await page.goto(site.page("/viewer", html));
  await watched(page, watching);
  await calm(page, watching);
  await context.close();
  expect(watching.failed).toEqual([]);
  fetched.push(...watching.fetched);
}

/** Paused, with all in its buffer that the player wants. */
async function calm(page: Page, watching: Watching): Promise<void> {
  await page.evaluate("video().pause()");
  let quiet = 0;
  await expect
    .poll(
      () => {
        quiet = watching.pending() === 0 ? quiet + 1 : 0;
        return quiet;
      },
      { ...PATIENCE, intervals: [250] },
    )
    .toBeGreaterThan(6);
}

async function playFrom(page: Page, from: number, seconds: number): Promise<void> {
  await page.evaluate(`video().currentTime = ${from}; void video().play()`);
  await expect.poll(() => page.evaluate("video().currentTime"), PATIENCE).toBeGreaterThan(from + seconds);
}

/** hls.js with little in its buffer and nothing behind it, so that going back asks again. */
const hlsPage = (
  id: string,
  level: string,
): string => `<!doctype html><video muted></video><script src="/hls.js"></script><script>
  const video = () => document.querySelector("video");
  const hls = new Hls({ maxBufferLength: 4, maxMaxBufferLength: 4, backBufferLength: 0, autoStartLoad: false });
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    hls.loadLevel = hls.startLevel = ${level};
    hls.startLoad(0);
  });
  hls.loadSource("${playhead.access.stream}/${id}.m3u8");
  hls.attachMedia(video());
</script>`;
const HIGHEST = "hls.levels.reduce((best, { height }, n) => (height > hls.levels[best].height ? n : best), 0)";

test("hls.js plays, seeks, goes back, is loaded again; its page fetches more in every way", async ({ browser }) => {
  test.setTimeout(120_000);
  await makeAhead("tier_1080p", 1_080);
  await viewer(browser, hlsPage(film.public, HIGHEST), async (page, watching) => {
    await playFrom(page, 0, 2);
    await calm(page, watching);
    await playFrom(page, 20, 1);
    await calm(page, watching);
    await playFrom(page, 0, 1);
    await calm(page, watching);
    expect(await page.evaluate(fetchAgain, oneAndUnseen(watching))).toEqual([200, 200, 206, 200, 206, 206]);
    await page.reload();
    await playFrom(page, 0, 1);
  });
});

/** URLs of a segment of 1080p that a viewer had, and of one that he had not. */
function oneAndUnseen({ fetched: had }: Watching): { one: string; unseen: string } {
  const paths = segmentsOf("tier_1080p", 1_080).map(({ url }) => new URL(url).pathname);
  const seen = had.map(({ url }) => new URL(url));
  const one = seen.find(({ pathname }) => paths.includes(pathname));
  const unseen = paths.find((path) => seen.every(({ pathname }) => pathname !== path));
  if (one === undefined || unseen === undefined) throw new Error("the viewer had nothing, or everything");
  return { one: one.href, unseen: new URL(unseen + one.search, one).href };
}

/** Runs in the page: the same segment again, whole, by its head and in part, and by its head and in parts another. */
async function fetchAgain({ one, unseen }: { one: string; unseen: string }): Promise<number[]> {
  const ask = async (url: string, init: RequestInit): Promise<number> => {
    const answer = await fetch(url, { cache: "no-store", ...init });
    await answer.arrayBuffer();
    return answer.status;
  };
  const range = (bytes: string): RequestInit => ({ headers: { range: `bytes=${bytes}` } });
  return [
    await ask(one, {}),
    await ask(one, { method: "HEAD" }),
    await ask(one, range("0-999")),
    await ask(unseen, { method: "HEAD" }),
    await ask(unseen, range("0-999")),
    await ask(unseen, range("1000-")),
  ];
}

test("mux-player shows a signed film in another tier over TLS, and names its viewer by CMCD", async ({ browser }) => {
  test.setTimeout(120_000);
  await makeAhead("tier_720p", 480);
  const { id, private_key = "" } = await mux.system.signingKeys.create();
  const claims = { sub: film.signed, aud: "v", exp: Math.floor(Date.now() / 1_000) + 600, kid: id };
  const only = { min_resolution: "480p", max_resolution: "480p" };
  const privateKey = Buffer.from(private_key, "base64").toString();
  const token = signToken(privateKey, { ...claims, ...only }, { alg: "RS256", typ: "JWT" });
  const html = `<!doctype html><script src="/mux-player.js"></script>
    <mux-player playback-id="${film.signed}" playback-token="${token}" custom-domain="${playhead.access.tls}" muted
      disable-tracking prefer-cmcd="query"></mux-player>
    <script>const video = () => document.querySelector("mux-player").media.nativeEl;</script>`;
  await viewer(browser, html, async (page, watching) => {
    await playFrom(page, 0, 1);
    await playFrom(page, 25, 1);
    await calm(page, watching);
    const urls = watching.fetched.map(({ url }) => new URL(url));
    expect(new Set(urls.map(({ hostname }) => hostname))).toEqual(new Set(["stream.localhost"]));
    expect(urls.every(({ searchParams }) => searchParams.get("CMCD")?.includes('sid="'))).toBe(true);
  });
});

test("sound alone counts as such", async ({ browser }) => {
  test.setTimeout(120_000);
  await viewer(browser, hlsPage(radio.public, "0"), async (page) => playFrom(page, 20, 2)); // last: the log keeps the order
});

/** As the API tells it, in seconds. */
function expected({ assetId }: Film) {
  const ofAsset = assetId === radio.assetId;
  const sums = [...countedMs(fetched, renditions)].filter(([tier]) => (tier === "tier_audio_only") === ofAsset);
  const totalMs = sums.reduce((total, [, ms]) => total + ms, 0);
  return {
    asset_id: assetId,
    delivered_seconds: totalMs / 1_000,
    delivered_seconds_by_resolution: Object.fromEntries(sums.map(([tier, ms]) => [tier, ms / 1_000])),
  };
}

test("GET /video/v1/delivery-usage tells what they were given, to the millisecond", async () => {
  const hours = [Math.floor(startedMs / HOUR_MS), Math.floor(Date.now() / HOUR_MS) + 1];
  const timeframe = hours.map((hour) => String((hour * HOUR_MS) / 1_000));
  const told = async () => (await mux.video.deliveryUsage.list({ timeframe })).data;
  const soundSeconds = async () =>
    (await told()).find(({ asset_id }) => asset_id === radio.assetId)?.delivered_seconds ?? 0;
  const wanted = expected(radio);
  await expect.poll(soundSeconds, PATIENCE).toBeGreaterThanOrEqual(wanted.delivered_seconds);
  const reports = await told();
  expect(reports).toEqual([expect.objectContaining(expected(film)), expect.objectContaining(wanted)]);
  expect(Object.keys(expected(film).delivered_seconds_by_resolution).sort()).toEqual(["tier_1080p", "tier_720p"]);
});

test("the files of GET /system/v1/usage/exports tell the same", async () => {
  await planFilesOfToday();
  const files = async () => (await mux.system.usageExports.list()).data;
  const days = new Set([startedMs, Date.now()].map((ms) => new Date(ms).toISOString().slice(0, 10)));
  await expect.poll(async () => (await files()).length, PATIENCE).toBe(days.size);
  const lines = await Promise.all((await files()).map(async ({ download_url }) => (await fetch(download_url)).text()));
  for (const one of [film, radio]) expect(sumOf(lines.flatMap(rowsOf), one)).toEqual(expected(one));
});

/** As tomorrow, when today's file is due; the server then makes it. */
async function planFilesOfToday(): Promise<void> {
  const { postgresPassword } = secretsOf(join(folder, "secrets.json"));
  const { postgres: port } = portsFrom(findPortBase(undefined, folder));
  const url = `postgres://playhead:${postgresPassword}@127.0.0.1:${port}/playhead`;
  const log = createLogger("test", "silent");
  const pool = createPool({ url, applicationName: "test", log, metrics: createMetrics("test") });
  const db = createPostgres(pool);
  const nowMs = Math.floor(Date.now() / DAY_MS + 1) * DAY_MS + HOUR_MS;
  const objects = openFolderObjects(join(folder, "objects"));
  const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
  await planUsageFilesTask({ db, objects, now: () => nowMs })({}, context);
  await db.destroy();
}

const rowsOf = (file: string): Record<string, string>[] => {
  const [header = [], ...rows] = file
    .trim()
    .split("\r\n")
    .map((line) => line.split(","));
  return rows.map((cells) => Object.fromEntries(cells.map((cell, at) => [header[at], cell])));
};

/** Lines of an asset, in the API's words. */
function sumOf(rows: readonly Record<string, string>[], { assetId }: Film): ReturnType<typeof expected> {
  const own = rows.filter((row) => row["asset_id"] === assetId);
  const seconds = (column: string) => own.reduce((ms, row) => ms + Math.round(Number(row[column]) * 1_000), 0) / 1_000;
  const tiers = Object.keys(own[0] ?? {}).filter((column) => column.startsWith("tier_") && seconds(column) > 0);
  return {
    asset_id: assetId,
    delivered_seconds: seconds("delivered_seconds"),
    delivered_seconds_by_resolution: Object.fromEntries(tiers.map((tier) => [tier, seconds(tier)])),
  };
}
