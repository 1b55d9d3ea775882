import { mkdir } from "node:fs/promises";
import { type Browser, chromium, type Page } from "@playwright/test";
import { PERSON, startFakeApi } from "./api.ts";
import { startApp } from "./app.ts";
import type { Evening } from "./audience.ts";
import { everyKindOfVideo } from "./catalogue.ts";
import { startFakeSocket } from "./socket.ts";

/** `node playwright/fakes/look.ts FOLDER [state…]`: pictures of every state of the pages, to be looked at while designing. */

const SIZES = { "1440": { width: 1440, height: 900 }, "390": { width: 390, height: 844 } } as const;
const MINUTE_MS = 60_000;
const SETTLE_MS = 900;

const [folder = "looks", ...wanted] = process.argv.slice(2);
await mkdir(folder, { recursive: true });

const api = await startFakeApi();
const socket = await startFakeSocket(evening());
api.set({ socketUrl: socket.url });
const app = await startApp(api.url, socket.url);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking"],
});

const STATES: Record<string, (page: Page) => Promise<void>> = {
  "sign-in": async (page) => {
    await page.goto(`${app.url}/sign-in`);
  },
  "sign-in-wrong": async (page) => {
    await page.goto(`${app.url}/sign-in`);
    await signIn(page, "wrong");
    await page.getByText("do not belong together").waitFor();
  },
  busy: async (page) => open(page),
  hover: async (page) => {
    await open(page);
    const box = await page.getByRole("slider").boundingBox();
    if (box) await page.mouse.move(box.x + box.width * 0.62, box.y + box.height * 0.4);
  },
  filtered: async (page) => {
    await open(page, "?not.cdn=fastly&country=DE&country=AT");
  },
  incident: async (page) => {
    socket.setEvening({ ...evening(), incidents: [[Date.now() - 4 * MINUTE_MS, Date.now() + 9 * MINUTE_MS]] });
    await open(page);
  },
  stalled: async (page) => {
    await open(page);
    socket.stall(Date.now() - 42_000);
    await page.locator("[data-status=stalled]").waitFor();
  },
  disconnected: async (page) => {
    await open(page);
    socket.cut(true);
    await page.locator("[data-status=disconnected]").waitFor();
    await page.waitForTimeout(1_500);
  },
  empty: async (page) => {
    socket.setEvening({ ...evening(), viewers: 0 });
    await open(page);
  },
  few: async (page) => {
    socket.setEvening({ viewers: 3, incidents: [], beganMs: Date.now() - 8 * MINUTE_MS });
    await open(page);
  },
  loading: async (page) => {
    socket.mute(true);
    await signedIn(page);
    await page.goto(`${app.url}/environments/abc123/monitoring`);
    await page.getByText("Watching now").waitFor();
  },
  videos: async (page) => openVideos(page),
  "videos-empty": async (page) => {
    api.videos.assets.length = 0;
    await openVideos(page);
  },
  "videos-uploading": async (page) => {
    api.videos.set({ chunkMs: 60_000 });
    await openVideos(page);
    await choose(page, ["Opening ceremony.mp4", "Rehearsal.mov", "Closing words.mp4", "empty.mp4"]);
    await page.getByText(/MB of/).first().waitFor();
  },
  "videos-refused": async (page) => {
    api.videos.set({ refusal: "This environment holds 10 videos, as many as its plan allows. Delete one first." });
    await openVideos(page);
    await choose(page, ["Opening ceremony.mp4"]);
  },
  "videos-drop": async (page) => {
    await openVideos(page);
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["x"], "film.mp4"));
      document.body.dispatchEvent(new DragEvent("dragenter", { bubbles: true, dataTransfer }));
    });
  },
  "upload-pill": async (page) => {
    api.videos.set({ chunkMs: 60_000 });
    await openVideos(page);
    await choose(page, ["Opening ceremony.mp4"]);
    await page.getByRole("link", { name: "Monitoring" }).locator("visible=true").click();
    await page.locator(".uplot").waitFor();
  },
  asset: async (page) => openVideos(page, `/${readyId(1)}`),
  "asset-playing": async (page) => {
    await openVideos(page, `/${readyId(1)}`);
    await page.locator("video").evaluate((video: HTMLVideoElement) => {
      video.muted = true;
      return video.play();
    });
    await page.waitForTimeout(1_500);
    await page.locator("media-rendition-menu-button").click();
  },
  "asset-preparing": async (page) => openVideos(page, "/preparing1"),
  "asset-converting": async (page) => openVideos(page, "/converting1"),
  "asset-errored": async (page) => openVideos(page, "/broken1"),
  "asset-signed": async (page) => openVideos(page, "/signed1"),
  "asset-sound": async (page) => openVideos(page, "/sound1"),
  "asset-delete": async (page) => {
    await openVideos(page, `/${readyId(1)}`);
    await page.getByRole("button", { name: "Delete video" }).click();
  },
  "asset-rename": async (page) => {
    await openVideos(page, `/${readyId(1)}`);
    await page.getByRole("button", { name: "Edit title" }).click();
  },
};

try {
  for (const [name, show] of Object.entries(STATES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const colorScheme of ["light", "dark"] as const) await shoot(browser, name, colorScheme, show);
  }
} finally {
  await browser.close();
  await app.stop();
  await socket.close();
  await api.close();
}

async function shoot(
  browser: Browser,
  name: string,
  colorScheme: "light" | "dark",
  show: (page: Page) => Promise<void>,
): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    socket.setEvening(evening());
    socket.stall(null);
    socket.mute(false);
    socket.cut(false);
    api.videos.reset();
    api.videos.assets.push(...everyKindOfVideo(Date.now()));
    const context = await browser.newContext({ viewport, colorScheme, timezoneId: "Europe/Vienna" });
    const page = await context.newPage();
    page.on("pageerror", (error) => process.stderr.write(`${name}: ${error.message}\n`));
    page.on("console", (line) => {
      if (line.type() === "error" || line.type() === "warning") process.stderr.write(`${name}: ${line.text()}\n`);
    });
    await show(page);
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${size}.png`, fullPage: size === "390" });
    await context.close();
  }
}

function evening(): Evening {
  const now = Date.now();
  return {
    viewers: 14_200,
    beganMs: now - 27 * MINUTE_MS,
    incidents: [[now - 12 * MINUTE_MS, now - 9 * MINUTE_MS]],
  };
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel("Email").fill(PERSON.email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function signedIn(page: Page): Promise<void> {
  await page.goto(`${app.url}/sign-in`);
  await signIn(page, PERSON.password);
  await page.waitForURL(/monitoring/);
}

async function open(page: Page, query = ""): Promise<void> {
  await signedIn(page);
  await page.goto(`${app.url}/environments/abc123/monitoring${query}`);
  await page.locator("[data-status=live]").waitFor();
  await page.locator(".uplot").waitFor();
}

async function openVideos(page: Page, path = ""): Promise<void> {
  await signedIn(page);
  await page.goto(`${app.url}/environments/abc123/videos${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

function readyId(at: number): string {
  return (
    api.videos.assets.filter(
      ({ resolutionTier, playbackIds, readyAtMs }) =>
        resolutionTier !== "audio-only" && readyAtMs < Date.now() && playbackIds[0]?.policy === "public",
    )[at + 1]?.id ?? ""
  );
}

/** Together below what Playwright takes, several MB each, so that they stay under way. */
async function choose(page: Page, names: readonly string[]): Promise<void> {
  const files = names.map((name) => ({
    name,
    mimeType: "video/mp4",
    buffer: Buffer.alloc(name.startsWith("empty") ? 0 : 12_000_000),
  }));
  await page.locator("input[type=file]").setInputFiles(files);
}
