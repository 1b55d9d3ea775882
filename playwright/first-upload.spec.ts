import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Mux from "@mux/mux-node";
import { expect, type Page, test } from "@playwright/test";
import { type RunningPlayhead, startPlayhead } from "../bench/stack/start-playhead.ts";
import { type Site, serveSite } from "./system/site.ts";

/** The other half of the product: a file goes in, plays as HLS seconds later, and its viewers are on the Monitoring page. */
test.describe.configure({ mode: "serial" });

const FILM = fileURLToPath(new URL("../node_modules/vide/test/video/ocean.mp4", import.meta.url));
const FILM_SECONDS = 10;
const LONG_SECONDS = 30;

let playhead: RunningPlayhead;
let site: Site;
let mux: Mux;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  site = await serveSite();
  playhead = await startPlayhead({ FETCH_ALLOW: new URL(site.origin).host });
  const { api, tokenId, tokenSecret } = playhead.access;
  mux = new Mux({ tokenId, tokenSecret, baseURL: api });
});

test.afterAll(async () => {
  await site?.close();
  await playhead?.stop();
});

async function signIn(page: Page): Promise<void> {
  await page.goto(playhead.access.app);
  await page.getByLabel("Email").fill(playhead.access.email);
  await page.getByLabel("Password").fill(playhead.access.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/environments\/[a-z0-9]{6}\/monitoring/);
}

const dashboard = (path: string): string =>
  `${playhead.access.app}/environments/${playhead.access.environmentId}/${path}`;

/** Waits as the SDK's users do. */
async function untilReady(assetId: string): Promise<Mux.Video.Asset> {
  await expect
    .poll(async () => (await mux.video.assets.retrieve(assetId)).status, { timeout: 20_000, intervals: [100] })
    .toBe("ready");
  return mux.video.assets.retrieve(assetId);
}

async function newAsset(title: string, film = "/ocean.mp4"): Promise<{ id: string; playbackId: string }> {
  const inputs = [{ url: site.origin + film }];
  const { id } = await mux.video.assets.create({ inputs, playback_policies: ["public"], meta: { title } });
  const { playback_ids } = await untilReady(id);
  return { id, playbackId: playback_ids?.[0]?.id ?? "" };
}

/** Half a minute with enough bits for two renditions. */
async function makeFilm(file: string): Promise<void> {
  const picture = `testsrc2=size=640x360:rate=25:duration=${LONG_SECONDS},noise=alls=8:allf=t`;
  const input = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", `sine=duration=${LONG_SECONDS}`];
  const encode = ["-c:v", "libx264", "-preset", "superfast", "-g", "50", "-b:v", "1500k", "-pix_fmt", "yuv420p"];
  await promisify(execFile)("ffmpeg", ["-v", "error", ...input, ...encode, "-c:a", "aac", file]);
}

/** Seconds shown by the first video element, shadow roots included, once it is past them. */
async function untilPlayed(page: Page, seconds: number): Promise<void> {
  const played = () =>
    page
      .locator("video")
      .first()
      .evaluate((video: HTMLVideoElement) => video.currentTime);
  await expect.poll(played, { timeout: 20_000 }).toBeGreaterThan(seconds);
}

test("a file dropped on the Videos page plays, and its viewer is on the Monitoring page under its title", async ({
  browser,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page);
  await page.goto(dashboard("videos"));
  await page.locator('input[type="file"]').first().setInputFiles(FILM);
  const link = page.getByRole("link", { name: /ocean/ }).first();
  await expect(link).toBeVisible({ timeout: 15_000 });
  await link.click();
  await page.waitForURL(/\/videos\/[A-Za-z0-9]+$/);
  await page.locator("video").evaluate((video: HTMLVideoElement) => {
    video.muted = true;
    return video.play();
  });
  await untilPlayed(page, 1);

  const monitoring = await context.newPage();
  await monitoring.goto(dashboard("monitoring"));
  await expect(monitoring.getByRole("button", { name: /ocean/ }).first()).toBeVisible({ timeout: 15_000 });
  await context.close();
});

test("mux-node, with only its base URL changed, creates, waits for, lists and deletes an asset", async () => {
  const { id, playbackId } = await newAsset("By the SDK");
  const asset = await mux.video.assets.retrieve(id);
  expect(asset).toMatchObject({ status: "ready", aspect_ratio: "16:9", meta: { title: "By the SDK" } });
  expect(asset.duration).toBeCloseTo(FILM_SECONDS, 0);
  expect(asset.tracks?.map(({ type }) => type)).toContain("video");

  const listed: string[] = [];
  for await (const one of mux.video.assets.list({ limit: 1 })) listed.push(one.id);
  expect(listed).toContain(id);
  expect(new Set(listed).size).toBe(listed.length);

  expect((await fetch(`${playhead.access.stream}/${playbackId}.m3u8`)).status).toBe(200);
  expect((await fetch(`${playhead.access.api}/${playbackId}.m3u8`)).status).toBe(200); // the SDK's helpers ask here
  await mux.video.assets.delete(id);
  await expect(mux.video.assets.retrieve(id)).rejects.toThrow(Mux.NotFoundError);
  const status = async () => (await fetch(`${playhead.access.stream}/${playbackId}.m3u8`)).status;
  await expect.poll(status, { timeout: 10_000 }).toBe(404);
});

test("mux-node is told why a URL on a private address is not fetched", async () => {
  const { id } = await mux.video.assets.create({ inputs: [{ url: "http://127.0.0.1:1/film.mp4" }] });
  await expect.poll(async () => (await mux.video.assets.retrieve(id)).status, { timeout: 15_000 }).toBe("errored");
  const { errors } = await mux.video.assets.retrieve(id);
  expect(errors).toMatchObject({ type: "download_failed", messages: [expect.stringMatching(/private|local/)] });
});

test("upchunk uploads from a page of another origin, in several chunks", async ({ page }) => {
  const settings = { playback_policies: ["public" as const], meta: { title: "In chunks" } };
  const upload = await mux.video.uploads.create({ cors_origin: site.origin, new_asset_settings: settings });
  const html = `<!doctype html><title>Upload</title><input type="file"><script src="/upchunk.js"></script><script>
    window.progress = [];
    document.querySelector("input").addEventListener("change", (event) => {
      const upload = UpChunk.createUpload({ endpoint: ${JSON.stringify(upload.url)}, file: event.target.files[0], chunkSize: 256 });
      upload.on("progress", ({ detail }) => window.progress.push(detail));
      upload.on("success", () => { document.title = "done"; });
      upload.on("error", ({ detail }) => { document.title = "failed: " + detail.message; });
    });
  </script>`;
  await page.goto(site.page("/upload", html));
  await page.locator("input").setInputFiles(FILM);
  await expect(page).toHaveTitle("done", { timeout: 15_000 });
  expect(await page.evaluate("window.progress.at(-1)")).toBe(100);

  const { asset_id, status } = await mux.video.uploads.retrieve(upload.id);
  expect(status).toBe("asset_created");
  expect(await untilReady(asset_id ?? "")).toMatchObject({ upload_id: upload.id, meta: { title: "In chunks" } });
});

test("mux-player plays by custom domain over TLS, and its viewer is found by the playback id", async ({ browser }) => {
  const { playbackId } = await newAsset("In mux-player");
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const html = `<!doctype html><title>Player</title><script src="/mux-player.js"></script>
    <mux-player playback-id="${playbackId}" custom-domain="${playhead.access.tls}" muted loop
      beacon-collection-domain="${playhead.access.collector}"></mux-player>`;
  await page.goto(site.page("/player", html));
  await page.locator("mux-player").evaluate((player) => (player as HTMLVideoElement).play());
  await untilPlayed(page, 2);

  const watching = await browser.newContext();
  const monitoring = await watching.newPage();
  await signIn(monitoring);
  await expect(monitoring.getByRole("button", { name: /In mux-player/ }).first()).toBeVisible({ timeout: 20_000 });
  await watching.close();
  await context.close();
});

test("a player that changes the rendition at every segment leaves no hole", async ({ page }, testInfo) => {
  const film = testInfo.outputPath("film.mp4");
  await makeFilm(film);
  site.file("/film.mp4", film);
  const { playbackId } = await newAsset("Switching", "/film.mp4");
  const html = `<!doctype html><title>Switch</title><video muted></video><script src="/hls.js"></script><script>
    const video = document.querySelector("video");
    let last = null;
    class AnotherEachTime extends Hls.DefaultConfig.abrController {
      get nextAutoLevel() { return last === null ? 0 : (last + 1) % hls.levels.length; }
      set nextAutoLevel(level) {}
    }
    const hls = new Hls({ maxBufferLength: 60, abrController: AnotherEachTime });
    window.report = { levels: [], errors: [] };
    hls.on(Hls.Events.ERROR, (_, { fatal, details }) => {
      const isSlow = details === "bufferStalledError"; // at four times the speed a busy machine may encode too late: no hole
      if (fatal || (details.startsWith("buffer") && !isSlow)) report.errors.push(details);
    });
    hls.on(Hls.Events.FRAG_LOADING, (_, { frag }) => {
      if (frag.type === "main" && frag.sn !== "initSegment") last = frag.level;
    });
    hls.on(Hls.Events.FRAG_BUFFERED, (_, { frag }) => {
      if (frag.type === "main" && frag.sn !== "initSegment") report.levels.push(frag.level);
    });
    hls.loadSource("${playhead.access.stream}/${playbackId}.m3u8");
    hls.attachMedia(video);
    video.addEventListener("ended", () => { document.title = "ended"; });
    window.ranges = () => Array.from({ length: video.buffered.length }, (_, n) => [video.buffered.start(n), video.buffered.end(n)]);
  </script>`;
  await page.goto(site.page("/switch", html));
  await page.locator("video").evaluate((video: HTMLVideoElement) => {
    video.playbackRate = 4;
    return video.play();
  });
  await expect(page).toHaveTitle("ended", { timeout: 40_000 });
  const { levels, errors } = (await page.evaluate("report")) as { levels: number[]; errors: string[] };
  expect(errors).toEqual([]);
  expect(levels.length).toBeGreaterThanOrEqual(8);
  expect(levels).toEqual(levels.map((_, n) => ((levels[0] ?? 0) + n) % 2)); // another one each time
  const ranges = (await page.evaluate("ranges()")) as [number, number][];
  expect(ranges).toHaveLength(1);
  expect(ranges[0]?.[0]).toBeLessThan(0.05);
  expect(ranges[0]?.[1]).toBeGreaterThan(LONG_SECONDS - 0.1);
});

test("the poster is a picture of the film, also 16 pixels wide", async ({ request }) => {
  const { playbackId } = await newAsset("Poster");
  const { image } = playhead.access;
  for (const query of ["", "?time=3&width=320", "?width=16&height=16"]) {
    const answer = await request.get(`${image}/${playbackId}/thumbnail.webp${query}`);
    expect([query, answer.status(), answer.headers()["content-type"]]).toEqual([query, 200, "image/webp"]);
    expect((await answer.body()).length).toBeGreaterThan(40);
  }
});
