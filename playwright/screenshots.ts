import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type CDPSession, chromium, type Page } from "@playwright/test";
import sharp from "sharp";
import type { Access } from "../bench/stack/start-playhead.ts";
import { CAMERA_FILM, FILM_TITLES, LARGE_FILM, makeFilm } from "./system/films.ts";

/**
 * Makes the pictures of docs/screenshots from a running `npm start`: sign-in and Monitoring, dark and light, 1440 and 390 px
 * wide; the list of videos and the page of one. Let `npm run simulate` run for a while first. An environment without videos
 * gets a few films, made by ffmpeg, which stay there.
 *
 * `node playwright/screenshots.ts [DATA_FOLDER]`
 */
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = join(ROOT, "docs/screenshots");
const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;
/** Until the chart has drawn what a few messages bring. */
const SETTLE_MS = 4_000;
const READY_WITHIN_MS = 60_000;
/** So that an upload is still on its way when the picture is taken. */
const UPLOAD_BYTES_PER_SECOND = 1_500_000;
const UPLOADING = "Opening ceremony";
const UPLOADED_RATIO = 0.4;
/** Some way into the film, with all pictures of the strip there. */
const SHOWN_SECONDS = 3.5;
/** Until the controls stand; they go again after two seconds. */
const CONTROLS_MS = 700;

const access = JSON.parse(readFileSync(join(process.argv[2] ?? join(ROOT, ".playhead"), "dev.json"), "utf8")) as Access;
const videosUrl = `${access.app}/environments/${access.environmentId}/videos`;
mkdirSync(FOLDER, { recursive: true });
const films = mkdtempSync(join(tmpdir(), "playhead-films-"));
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking"],
});
try {
  const large = await fillLibrary(browser);
  for (const colorScheme of ["dark", "light"] as const) {
    for (const viewport of WIDTHS) await photograph(browser, colorScheme, viewport, large);
  }
} finally {
  await browser.close();
  rmSync(films, { recursive: true });
}

/** Uploads the films where there is none yet; returns the file of one to be on its way in the pictures. */
async function fillLibrary(chrome: Browser): Promise<string> {
  const page = await chrome.newPage();
  await signIn(page);
  await page.goto(videosUrl);
  await page.getByRole("button", { name: /Choose files|Upload/ }).waitFor();
  if ((await page.getByTestId("video").count()) === 0) {
    for (const title of FILM_TITLES) {
      await page.locator("input[type=file]").setInputFiles(await makeFilm(films, title)); // one by one, so that they stand in this order
      await page.getByTestId("upload").waitFor({ state: "detached" });
    }
  }
  await page.locator(`[data-standing=ready] >> nth=${FILM_TITLES.length - 1}`).waitFor({
    state: "attached",
    timeout: READY_WITHIN_MS,
  });
  await page.close();
  const uploading = join(films, `${UPLOADING}.mp4`);
  renameSync(await makeFilm(films, LARGE_FILM), uploading);
  return uploading;
}

async function photograph(
  chrome: Browser,
  colorScheme: "dark" | "light",
  viewport: { width: number; height: number },
  large: string,
): Promise<void> {
  const context = await chrome.newContext({ viewport, colorScheme, timezoneId: "Europe/Vienna" });
  const page = await context.newPage();
  const isNarrow = viewport.width < 500;
  const take = (name: string, fullPage = false) =>
    savePicture(page, `${name}-${colorScheme}-${viewport.width}.png`, fullPage);
  await page.goto(access.app);
  await page.getByLabel("Email").waitFor();
  await take("sign-in");
  await signIn(page);
  await page.waitForTimeout(SETTLE_MS);
  await take("monitoring", isNarrow);
  if (colorScheme === "dark" || !isNarrow) {
    const network = await showUploading(page, large);
    await take("videos");
    await page.getByRole("button", { name: `Cancel upload of ${UPLOADING}` }).click();
    await network.detach();
    await showPlaying(page);
    await take("asset", isNarrow);
  }
  await context.close();
}

async function signIn(page: Page): Promise<void> {
  await page.goto(access.app);
  await page.getByLabel("Email").fill(access.email);
  await page.getByLabel("Password").fill(access.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/monitoring/);
}

/** An upload on its way; as slow as the session that is returned lasts. */
async function showUploading(page: Page, file: string): Promise<CDPSession> {
  await page.goto(videosUrl);
  await page.getByTestId("video").first().waitFor();
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const uploadThroughput = UPLOAD_BYTES_PER_SECOND;
  const unlimited = { offline: false, latency: 0, downloadThroughput: -1 };
  await network.send("Network.emulateNetworkConditions", { ...unlimited, uploadThroughput });
  await page.locator("input[type=file]").setInputFiles(file);
  const progress = page.getByTestId("upload").getByRole("progressbar");
  await progress.waitFor();
  while (Number(await progress.getAttribute("aria-valuenow")) < UPLOADED_RATIO * 100) await page.waitForTimeout(100);
  return network;
}

/** The film from the camera, at a moment, as it plays below a pointer. */
async function showPlaying(page: Page): Promise<void> {
  await page.getByRole("link", { name: CAMERA_FILM, exact: true }).click();
  await page.locator("media-play-button.player-start").click();
  await page.waitForFunction((seconds) => (document.querySelector("video")?.currentTime ?? 0) > seconds, SHOWN_SECONDS);
  await page.getByTestId("player").hover({ position: { x: 200, y: 60 } }); // shows the controls
  await page.waitForTimeout(CONTROLS_MS);
}

/** Colours from a palette: a tenth of the bytes, and nobody sees the difference. */
async function savePicture(page: Page, name: string, fullPage: boolean): Promise<void> {
  const picture = await page.screenshot({ fullPage });
  await sharp(picture).png({ palette: true, quality: 95, effort: 10 }).toFile(join(FOLDER, name));
}
