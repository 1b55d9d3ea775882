import Mux from "@mux/mux-node";
import { expect, test } from "@playwright/test";
import { uploadAndPlay } from "../bench/ready/upload.ts";
import { startVideoStack, type VideoStack } from "../bench/stack/video-stack.ts";
import { ffmpeg } from "../transcoder/testing/sound-film.ts";
import { makeNumberedFilm, PICTURES, RATE } from "./players/numbered-film.ts";
import { HLS_JS, PLAYERS } from "./players/player-pages.ts";
import { seekTrial } from "./players/trial.ts";
import { type Site, serveSite } from "./system/site.ts";

/** Players as they ship, on the real programs: they play, and after every seek the right picture is on screen. */
/** 50 in `npm run test:full`. */
const SEEKS = Number(process.env["PLAYER_SEEKS"] ?? 6);
const PER_SEEK_MS = 5_000;

const ENGLISH = "1\n00:00:10,000 --> 00:00:13,000\nHalf seen\n\n2\n00:00:15,000 --> 00:00:15,500\nWhole\n";

let stack: VideoStack;
let site: Site;
let mux: Mux;
let assetId: string;
let playbackId: string;

test.beforeAll(async ({ browserName: _ }, testInfo) => {
  test.setTimeout(180_000);
  const film = testInfo.outputPath("film.mp4");
  await makeNumberedFilm(film);
  site = await serveSite();
  stack = await startVideoStack({ variables: { FETCH_ALLOW: new URL(site.origin).host } });
  ({ assetId, playbackId } = await uploadAndPlay(stack, film));
  mux = new Mux({ tokenId: stack.tokenId, tokenSecret: stack.tokenSecret, baseURL: stack.api });
  const url = site.page("/en.srt", ENGLISH);
  const track = { type: "text" as const, text_type: "subtitles" as const, language_code: "en", name: "English", url };
  await mux.video.assets.createTrack(assetId, track);
  const texts = async () => {
    const { tracks = [] } = await mux.video.assets.retrieve(assetId);
    return tracks.flatMap(({ type, status }) => (type === "text" ? [status] : []));
  };
  await expect.poll(texts, { timeout: 20_000, intervals: [100] }).toEqual(["ready"]);
  const listed = async () => (await fetch(`${stack.stream}/${playbackId}.mpd`)).text(); // within seconds
  await expect.poll(listed, { timeout: 20_000 }).toContain("text/vtt");
});

test.afterAll(async () => {
  await site?.close();
  await stack?.stop();
});

for (const { name, html } of PLAYERS) {
  test(`${name} shows the right picture after each of ${SEEKS} seeks with changes of rendition, and plays`, async ({
    page,
  }) => {
    test.setTimeout(60_000 + SEEKS * PER_SEEK_MS);
    await page.goto(site.page("/player", html(stack.stream, playbackId)));
    await expect.poll(() => page.evaluate("player.ready"), { timeout: 20_000 }).toBe(true);
    const pictures = somePictures(SEEKS);
    const report = await page.evaluate(seekTrial, { pictures, rate: RATE, first: 0 });
    expect(await page.evaluate("player.errors")).toEqual([]);
    expect(report.wrong).toEqual([]);
    expect(report.seeks).toBe(SEEKS);
    expect(report.heights.toSorted()).toEqual([270, 360]);

    const last = ((pictures.at(-1) ?? 0) + 0.5) / RATE;
    await page.evaluate("player.video.play()");
    await expect.poll(() => page.evaluate("player.video.currentTime"), { timeout: 20_000 }).toBeGreaterThan(last + 1.5);
    expect(await page.evaluate("player.errors")).toEqual([]);
    process.stdout.write(`${name}: ${SEEKS} seeks, ${Math.round(report.medianMs)} ms in the middle\n`);
  });
}

for (const { name, html } of PLAYERS) {
  test(`${name} begins a clip at the first picture of its first segment`, async ({ page }) => {
    const query = "?asset_start_time=11&asset_end_time=14"; // segments begin at 8, 12 and 16 s
    await page.goto(site.page("/clip", html(stack.stream, playbackId, query)));
    await expect.poll(() => page.evaluate("player.ready"), { timeout: 20_000 }).toBe(true);
    const report = await page.evaluate(seekTrial, { pictures: [200, 380, 300], rate: RATE, first: 200 });
    expect(await page.evaluate("player.errors")).toEqual([]);
    expect(report.wrong).toEqual([]);
    expect(await page.evaluate("player.video.duration")).toBeCloseTo(8, 1);
  });
}

for (const [kind, query, times] of [
  ["a film", "", [10, 13, 15, 15.5]],
  ["a clip", "?asset_start_time=13&asset_end_time=14", [0, 1, 3, 3.5]], // a segment begins at 12 s and ends at 16 s
] as const) {
  test(`Shaka, DASH shows captions at their times in ${kind}`, async ({ page }) => {
    const dash = PLAYERS.find(({ name }) => name === "Shaka, DASH");
    await page.goto(site.page("/captions", dash?.html(stack.stream, playbackId, query) ?? ""));
    await expect.poll(() => page.evaluate("player.ready"), { timeout: 20_000 }).toBe(true);
    expect(await page.evaluate("player.texts()")).toEqual([["en", "English"]]);
    await page.evaluate("player.showText(0)");
    const [from, to, from2, to2] = times;
    const shown = () => page.evaluate("player.cues()");
    await expect.poll(shown).toEqual([
      [from, to, "Half seen"],
      [from2, to2, "Whole"],
    ]);
    expect(await page.evaluate("player.errors")).toEqual([]);
  });
}

test("hls.js plays on with a sound that was added by URL, also behind its end, and changes it", async ({
  page,
}, info) => {
  test.setTimeout(150_000);
  const sound = info.outputPath("sound.mp3");
  await ffmpeg("-f", "lavfi", "-i", "sine=frequency=330:duration=5", sound);
  site.file("/sound.mp3", sound);
  await mux.video.assets.createTrack(assetId, { url: `${site.origin}/sound.mp3`, type: "audio", language_code: "de" });
  const playlist = async () => (await fetch(`${stack.stream}/${playbackId}.m3u8`)).text();
  await expect.poll(playlist, { timeout: 30_000 }).toContain('NAME="German"');

  await page.goto(site.page("/sounds", HLS_JS.html(stack.stream, playbackId)));
  await expect.poll(() => page.evaluate("player.ready"), { timeout: 20_000 }).toBe(true);
  expect(await page.evaluate("player.sounds()")).toEqual(["Default", "German"]);
  await page.evaluate("player.listen(1)");
  const time = () => page.evaluate("player.video.currentTime");
  const hasPicture = () => page.evaluate("player.video.readyState >= 2");
  for (const [from, listenTo] of [
    [3, 1], // over the end of the sound
    [18, 0],
    [24, 1],
  ]) {
    // a seek among a player's first requests is its own race: on a busy machine it waits for ever for one that it gave up
    await expect.poll(hasPicture, { timeout: 30_000 }).toBe(true);
    await page.evaluate(`player.listen(${listenTo}); player.video.currentTime = ${from}; void player.video.play()`);
    await expect.poll(time, { timeout: 30_000 }).toBeGreaterThan((from ?? 0) + 4);
  }
  await expect.poll(() => page.evaluate("player.video.ended"), { timeout: 30_000 }).toBe(true);
  expect(await page.evaluate("player.errors")).toEqual([]);
});

/** All over the film, the same every time; the last one leaves some seconds to play. */
function somePictures(count: number): number[] {
  let state = 12_345;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const pictures = Array.from({ length: count - 1 }, () => Math.floor(random() * PICTURES));
  return [...pictures, Math.floor(PICTURES / 2)];
}
