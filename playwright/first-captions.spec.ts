import { fileURLToPath } from "node:url";
import Mux from "@mux/mux-node";
import { expect, type Page, test } from "@playwright/test";
import { startVideoStack, type VideoStack } from "../bench/stack/video-stack.ts";
import { type Site, serveSite } from "./system/site.ts";

/** Captions of a customer's files, shown by hls.js in a real browser at the times that the files say. */
test.describe.configure({ mode: "serial" });

/** Over the first boundaries of the film's segments, with two at a time and an encoding of old tools. */
const ENGLISH = `1
00:00:00,500 --> 00:00:05,000
{\\an8}Over the <i>edges</i> & more

2
00:00:01,000 --> 00:00:03,000
Two at a time

3
00:00:07,000 --> 00:00:08,500
The last one
`;
const GERMAN = `WEBVTT

STYLE
::cue(v) { color: lime }

REGION
id:fred
width:40%

00:06.000 --> 00:09.000 region:fred align:start
<v Ann>Grüße</v>
`;
const SECONDS = 10;
const SEGMENTS = new URL("../node_modules/mux.js/test/segments/", import.meta.url);

let stack: VideoStack;
let site: Site;
let mux: Mux;
let playbackId: string;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  site = await serveSite();
  stack = await startVideoStack({ variables: { FETCH_ALLOW: new URL(site.origin).host } });
  const { api, tokenId, tokenSecret } = stack;
  mux = new Mux({ tokenId, tokenSecret, baseURL: api });
  playbackId = await publish();
});

test.afterAll(async () => {
  await site?.close();
  await stack?.stop();
});

/** An asset with captions from its start, and more after it is ready. */
async function publish(): Promise<string> {
  const text = { type: "text" as const, text_type: "subtitles" as const };
  const english = { ...text, url: site.page("/en.srt", ENGLISH), language_code: "en", name: "English" };
  const { id } = await mux.video.assets.create({
    inputs: [{ url: `${site.origin}/ocean.mp4` }, english],
    playback_policies: ["public"],
  });
  const status = async () => (await mux.video.assets.retrieve(id)).status;
  await expect.poll(status, { timeout: 20_000, intervals: [100] }).toBe("ready");
  const german = { ...text, url: site.page("/de.vtt", GERMAN), language_code: "de" };
  await mux.video.assets.createTrack(id, german);
  const broken = { ...text, url: site.page("/fr.srt", "1\n00:00:01 > 00:00:02\nx"), language_code: "fr" };
  await mux.video.assets.createTrack(id, broken);
  const texts = async () => {
    const { tracks = [] } = await mux.video.assets.retrieve(id);
    return tracks.flatMap(({ type, name, status: now }) => (type === "text" ? [`${name} ${now}`] : []));
  };
  const expected = ["English ready", "German ready", "French errored"];
  await expect.poll(texts, { timeout: 20_000, intervals: [100] }).toEqual(expected);
  const { playback_ids = [] } = await mux.video.assets.retrieve(id);
  return playback_ids[0]?.id ?? "";
}

function playerPage(name: string, path = `${playbackId}.m3u8`): string {
  const html = `<!doctype html><title>Captions</title><video muted></video><script src="/hls.js"></script><script>
    const video = document.querySelector("video");
    const hls = new Hls({ maxBufferLength: 60 });
    window.errors = [];
    // hls.js aborts by itself what is not wanted any more
    hls.on(Hls.Events.ERROR, (_, { details }) => { if (details !== "aborted") errors.push(details); });
    hls.loadSource("${stack.stream}/${path}");
    hls.attachMedia(video);
    window.shownAt = async (seconds) => {
      video.currentTime = seconds;
      await new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
      await new Promise((resolve) => setTimeout(resolve, 100)); // active cues follow the time
      const shown = Array.from(video.textTracks).filter(({ mode }) => mode === "showing");
      return shown.flatMap(({ activeCues }) => Array.from(activeCues, ({ text }) => text));
    };
    window.cues = () => Array.from(video.textTracks).flatMap(({ cues }) => Array.from(cues ?? [], (cue) =>
      [cue.startTime, cue.endTime, cue.getCueAsHTML().textContent]));
  </script>`;
  return site.page(`/${name}`, html);
}

async function buffered(page: Page): Promise<void> {
  const ended = () => page.evaluate("video.buffered.length === 1 ? video.buffered.end(0) : 0") as Promise<number>;
  await expect.poll(ended, { timeout: 20_000 }).toBeGreaterThan(SECONDS - 0.2);
}

test("hls.js lists the tracks and shows each cue once, at its times", async ({ page }) => {
  await page.goto(playerPage("chosen"));
  await expect
    .poll(() => page.evaluate("hls.subtitleTracks.map(({ name, lang }) => [name, lang])"))
    .toEqual([
      ["English", "en"],
      ["German", "de"],
    ]);
  await page.evaluate("hls.subtitleTrack = 0; hls.subtitleDisplay = true");
  await buffered(page);
  const english = [
    [0.5, 5, "Over the edges & more"],
    [1, 3, "Two at a time"],
    [7, 8.5, "The last one"],
  ];
  await expect.poll(() => page.evaluate("cues()")).toEqual(english);
  await expect.poll(() => page.evaluate("shownAt(0.2)")).toEqual([]);
  await expect.poll(() => page.evaluate("shownAt(2.5)")).toEqual(["Over the <i>edges</i> &amp; more", "Two at a time"]);
  await expect.poll(() => page.evaluate("shownAt(4.5)")).toEqual(["Over the <i>edges</i> &amp; more"]);
  await expect.poll(() => page.evaluate("shownAt(7.1)")).toEqual(["The last one"]);
  await expect.poll(() => page.evaluate("shownAt(8.6)")).toEqual([]);

  await page.evaluate("hls.subtitleTrack = 1");
  await expect.poll(() => page.evaluate("shownAt(6.5)")).toEqual(["<v Ann>Grüße</v>"]);
  expect(await page.evaluate("errors")).toEqual([]);
});

test("default_subtitles_lang is shown unasked", async ({ page }) => {
  await page.goto(playerPage("default", `${playbackId}.m3u8?default_subtitles_lang=de`));
  await buffered(page);
  await expect.poll(() => page.evaluate("shownAt(6.5)")).toEqual(["<v Ann>Grüße</v>"]);
  expect(await page.evaluate("errors")).toEqual([]);
});

test("captions inside the pictures of a broadcast are tracks like others", async ({ page }) => {
  site.file("/broadcast.ts", fileURLToPath(new URL("multi-channel-608-captions.ts", SEGMENTS)));
  const { id, playback_ids = [] } = await mux.video.assets.create({
    inputs: [{ url: `${site.origin}/broadcast.ts` }],
    playback_policies: ["public"],
  });
  const texts = async () => {
    const { tracks = [] } = await mux.video.assets.retrieve(id);
    return tracks.flatMap(({ text_source, name, status }) => (text_source === "embedded" ? [`${name} ${status}`] : []));
  };
  await expect.poll(async () => (await texts()).sort(), { timeout: 20_000 }).toEqual(["CC1 ready", "CC3 ready"]);
  await page.goto(playerPage("broadcast", `${playback_ids[0]?.id}.m3u8`));
  const select =
    "hls.subtitleTrack = hls.subtitleTracks.findIndex(({ name }) => name === 'CC3'); hls.subtitleDisplay = true";
  await expect.poll(() => page.evaluate("hls.subtitleTracks.length")).toBe(2);
  await page.evaluate(select);
  await expect
    .poll(() => page.evaluate("shownAt(3)"))
    .toEqual(["être une période de questions\ntrès courte, chers députés."]);
  expect(await page.evaluate("errors")).toEqual([]);
});
