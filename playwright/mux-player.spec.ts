import Mux from "@mux/mux-node";
import { type BrowserContext, expect, type Locator, type Page, type Response, test } from "@playwright/test";
import sharp, { type Sharp } from "sharp";
import { makeGreyFilm, secondIn } from "../bench/images/grey-film.ts";
import { type RunningPlayhead, startPlayhead } from "../bench/stack/start-playhead.ts";
import { signToken } from "../delivery/testing/signing.ts";
import { type Site, serveSite } from "./system/site.ts";

/**
 * Unmodified mux-player by `custom-domain` over TLS: all that it shows, of public and of signed films, and what it tells people
 * where a film may not be seen. The film's seconds differ in their grey, so that each picture tells when it was.
 */
test.describe.configure({ mode: "serial" });

const SECONDS = 10;
const MIDDLE = SECONDS / 2;
/** In the middle of the picture's height, where the player has nothing of its own. */
const CAPTIONS = "WEBVTT\n\n00:03.000 --> 00:04.500 line:40%\nIn the fourth second\n";
const CUE_SECONDS = 3.5;
const NO_CUE_SECONDS = 6.5;
const BRIGHT = 245;

type Policy = "public" | "signed";

let playhead: RunningPlayhead;
let site: Site;
let mux: Mux;
let context: BrowserContext;
let key: { id: string; privateKey: string };
let playbackIds: Record<Policy, string>;
/** Playback id of an asset that will never be. */
let notReady: string;

test.beforeAll(async ({ browser }, info) => {
  test.setTimeout(300_000);
  site = await serveSite();
  playhead = await startPlayhead({ FETCH_ALLOW: new URL(site.origin).host });
  const { api, tokenId, tokenSecret } = playhead.access;
  mux = new Mux({ tokenId, tokenSecret, baseURL: api });
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  const { id, private_key = "" } = await mux.system.signingKeys.create();
  key = { id, privateKey: Buffer.from(private_key, "base64").toString() };
  const film = info.outputPath("film.mp4");
  await makeGreyFilm(film, SECONDS);
  site.file("/film.mp4", film);
  playbackIds = await publish();
  const broken = await mux.video.assets.create({
    inputs: [{ url: `${site.origin}/none` }],
    playback_policies: ["public"],
  });
  notReady = broken.playback_ids?.[0]?.id ?? "";
});

test.afterAll(async () => {
  await context?.close();
  await site?.close();
  await playhead?.stop();
});

/** One asset under a playback id of each policy, with captions. */
async function publish(): Promise<Record<Policy, string>> {
  const text = { type: "text" as const, text_type: "subtitles" as const, language_code: "en", name: "English" };
  const { id, playback_ids = [] } = await mux.video.assets.create({
    inputs: [{ url: `${site.origin}/film.mp4` }, { ...text, url: site.page("/en.vtt", CAPTIONS) }],
    playback_policies: ["public", "signed"],
  });
  const state = async () => {
    const { status, tracks = [] } = await mux.video.assets.retrieve(id);
    return [status, ...tracks.flatMap((track) => (track.type === "text" ? [track.status] : []))];
  };
  await expect.poll(state, { timeout: 20_000, intervals: [100] }).toEqual(["ready", "ready"]);
  const idOf = (policy: Policy) => playback_ids.find((one) => one.policy === policy)?.id ?? "";
  return { public: idOf("public"), signed: idOf("signed") };
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

function token(claims: object, { privateKey } = key): string {
  const usual = { sub: playbackIds.signed, exp: inSeconds(600), kid: key.id };
  return signToken(privateKey, { ...usual, ...claims }, { alg: "RS256", typ: "JWT" });
}

interface Opened {
  page: Page;
  /** What the image host answered, in order. */
  images: Response[];
}

async function open(attributes: string): Promise<Opened> {
  const page = await context.newPage();
  const images: Response[] = [];
  page.on("response", (response) => {
    if (/\/(thumbnail|storyboard)\./.test(response.url())) images.push(response);
  });
  const html = `<!doctype html><title>Player</title><script src="/mux-player.js"></script>
    <mux-player style="width: 640px; height: 360px" custom-domain="${playhead.access.tls}" muted disable-tracking
      ${attributes}></mux-player><script>const player = document.querySelector("mux-player");</script>`;
  await page.goto(site.page("/player", html));
  return { page, images };
}

const screenshotOf = async (locator: Locator): Promise<Sharp> => sharp(await locator.screenshot());

/** Which second is on screen, to the left of the player's buttons. */
async function secondOnScreen(page: Page): Promise<number> {
  const shot = await screenshotOf(page.locator("mux-player"));
  return secondIn(shot.extract({ left: 40, top: 100, width: 120, height: 100 }));
}

async function expectPoster({ page, images }: Opened): Promise<void> {
  const posters = () => images.filter((response) => response.url().includes("/thumbnail."));
  await expect.poll(() => posters().length, { timeout: 20_000 }).toBe(1);
  const [poster] = posters();
  const { host, pathname } = new URL(poster?.url() ?? "");
  expect([poster?.status(), host]).toEqual([200, `image.${playhead.access.tls}`]);
  expect(pathname).toMatch(/\/thumbnail\.webp$/);
  const picture = sharp(await poster?.body());
  expect(await picture.metadata()).toMatchObject({ format: "webp", width: 640, height: 360 });
  expect(await secondIn(picture)).toBe(MIDDLE);
  await expect.poll(() => secondOnScreen(page)).toBe(MIDDLE); // the film itself begins with another grey
}

async function expectPlays(page: Page): Promise<void> {
  await page.evaluate("player.play()");
  await expect.poll(() => page.evaluate("player.currentTime"), { timeout: 20_000 }).toBeGreaterThan(1.2);
  await page.evaluate("player.pause()");
  expect(await page.evaluate("player.media.error?.message ?? null")).toBeNull();
  expect(await page.evaluate("player.duration")).toBeCloseTo(SECONDS, 1);
}

/** Hovering shows, of the storyboard's image, the picture of the time under the mouse. */
async function expectStoryboard({ page, images }: Opened): Promise<void> {
  const bar = page.locator("media-time-range").first();
  const { x = 0, y = 0, width = 0, height = 0 } = (await bar.boundingBox()) ?? {};
  const preview = page.locator("media-preview-thumbnail[slot=preview]");
  for (const second of [2, 8]) {
    await page.mouse.move(x + (width * (second + 0.5)) / SECONDS, y + height / 2, { steps: 4 });
    await expect(preview).toBeVisible();
    await expect.poll(async () => secondIn(await screenshotOf(preview))).toBe(second);
  }
  const storyboard = images.filter((response) => response.url().includes("/storyboard."));
  const names = storyboard.map(
    (response) => `${response.status()} ${new URL(response.url()).pathname.split("/").at(-1)}`,
  );
  expect(new Set(names)).toEqual(new Set(["200 storyboard.vtt", "200 storyboard.webp"])); // the player may ask twice
}

/** Chosen in the player's own menu, the captions are on screen at their time and at no other. */
async function expectCaptions(page: Page): Promise<void> {
  const tracks = `Array.from(player.textTracks).filter(({ kind }) => kind === "subtitles")`;
  await expect
    .poll(() => page.evaluate(`${tracks}.map(({ label, language }) => [label, language])`))
    .toEqual([["English", "en"]]);
  await page.locator("media-captions-menu-button").first().click();
  await page.locator("media-captions-menu").getByRole("menuitemradio", { name: "English" }).click();
  const shownAt = async (seconds: number): Promise<string[]> => {
    await page.evaluate(`player.currentTime = ${seconds}`);
    await expect.poll(() => page.evaluate("player.media.nativeEl.seeking")).toBe(false);
    const active = `${tracks}.filter(({ mode }) => mode === "showing").flatMap(({ activeCues }) => Array.from(activeCues, ({ text }) => text))`;
    return (await page.evaluate(active)) as string[];
  };
  await expect.poll(() => shownAt(CUE_SECONDS), { timeout: 20_000 }).toEqual(["In the fourth second"]);
  expect(await brightPixels(page)).toBeGreaterThan(100);
  await expect.poll(() => shownAt(NO_CUE_SECONDS)).toEqual([]);
  expect(await brightPixels(page)).toBe(0);
}

/** Of the picture's middle: white is what captions are written in. */
async function brightPixels(page: Page): Promise<number> {
  await page.mouse.move(0, 0);
  await page.evaluate(`player.style.setProperty("--controls", "none")`);
  const shot = (await screenshotOf(page.locator("mux-player"))).extract({
    left: 100,
    top: 80,
    width: 440,
    height: 200,
  });
  await page.evaluate(`player.style.removeProperty("--controls")`);
  return (await shot.greyscale().raw().toBuffer()).filter((level) => level > BRIGHT).length;
}

async function expectAll(opened: Opened): Promise<void> {
  await expectPoster(opened);
  await expectPlays(opened.page);
  await expectStoryboard(opened);
  await expectCaptions(opened.page);
  await opened.page.close();
}

test("a public film has its poster, plays, shows its storyboard under the mouse and its captions", async () => {
  await expectAll(await open(`playback-id="${playbackIds.public}"`));
});

test("so has a signed film, by a token for each", async () => {
  const tokens = [
    ["playback", "v"],
    ["thumbnail", "t"],
    ["storyboard", "s"],
  ].map(([name, aud]) => `${name}-token="${token({ aud })}"`);
  await expectAll(await open(`playback-id="${playbackIds.signed}" ${tokens.join(" ")}`));
});

test("so has a signed film by one token for all, where the page writes the images' URLs", async () => {
  const one = token({ aud: ["v", "t", "s"] });
  const image = `https://image.${playhead.access.tls}/${playbackIds.signed}`;
  const images = `poster="${image}/thumbnail.webp?token=${one}" storyboard-src="${image}/storyboard.vtt?token=${one}&format=webp"`;
  await expectAll(await open(`playback-id="${playbackIds.signed}" playback-token="${one}" ${images}`));
});

/** `muxCode` of the player's errors, by which pages tell them apart (reference video-api.md §8.6), and what a viewer reads. */
const REFUSALS: [what: string, attributes: () => string, code: number, words: RegExp][] = [
  ["an expired token", () => signed({ exp: inSeconds(-1) }), 2_403_210, /URL has expired.*playback-token has expired/s],
  [
    "an expired token for a list",
    () => signed({ exp: inSeconds(-1), aud: ["v", "t", "s"] }),
    2_403_210,
    /URL has expired/,
  ],
  ["another id's token", () => signed({ sub: playbackIds.public }), 2_403_232, /playback ID does not match/],
  ["a token without aud", () => signed({ aud: undefined }), 2_403_221, /formatted with incorrect information/],
  ["a thumbnail's token", () => signed({ aud: "t" }), 2_403_222, /formatted with incorrect information/],
  ["no token", () => `playback-id="${playbackIds.signed}"`, 2_403_201, /Invalid playback URL/],
  ["an unknown playback id", () => `playback-id="${"x".repeat(44)}"`, 2_404_000, /Video does not exist/],
  ["an asset that is not ready", () => `playback-id="${notReady}"`, 2_412_000, /not currently available/],
  ["what is no playback id", () => 'playback-id="no-id!"', 2_400_000, /Network Error/],
];
const signed = (claims: object): string =>
  `playback-id="${playbackIds.signed}" playback-token="${token({ aud: "v", ...claims })}"`;

for (const [what, attributes, code, words] of REFUSALS)
  test(`the player tells people of ${what} in its own words`, async () => {
    const { page } = await open(attributes());
    await expect.poll(() => page.evaluate("player.media.error?.muxCode")).toBe(code);
    const dialog = page.locator("media-error-dialog").first();
    await expect(dialog).toBeVisible();
    await expect(dialog).toContainText(words);
    await page.close();
  });
