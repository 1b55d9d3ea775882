import { fileURLToPath } from "node:url";
import type { Locator, Page } from "@playwright/test";
import { auditPage } from "./fakes/audit.ts";
import { everyKindOfVideo } from "./fakes/catalogue.ts";
import { expect, openVideos, test } from "./fakes/fixtures.ts";
import { exampleAsset } from "./fakes/videos.ts";

const FILM = fileURLToPath(new URL("../fixtures/media/testsrc-40s.mp4", import.meta.url));
const LATER_MS = 3_600_000;

const videos = (page: Page) => page.getByTestId("video");
const uploads = (page: Page) => page.getByTestId("upload");
const choose = (page: Page, files: Parameters<Locator["setInputFiles"]>[0]) =>
  page.locator("input[type=file]").setInputFiles(files);
const bytes = (name: string, size: number) => ({ name, mimeType: "video/mp4", buffer: Buffer.alloc(size, 7) });

/** Lets a file go over the page, as from the system's own windows. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  await page.evaluate(
    async ([fileName = "", content = ""]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], fileName));
      const over = (kind: string) =>
        document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
      over("dragenter");
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (!document.body.textContent.includes("Drop to upload")) throw new Error("the page does not invite the file");
      over("dragover");
      over("drop");
    },
    [name, text],
  );
}

test.describe("the list", () => {
  test("shows every kind of video, and more of them when asked", async ({ page, world }) => {
    const now = Date.now();
    const older = Array.from({ length: 30 }, (_, at) => exampleAsset(`old${at}`, `Old ${at}`, now - 1e9 - at * 6e4));
    world.api.videos.assets.push(...everyKindOfVideo(now), ...older);
    await openVideos(page, world);
    await expect(page).toHaveTitle("Videos · Playhead");
    await expect(videos(page)).toHaveCount(25);
    expect(world.api.requests.filter(({ path }) => /assets\/./.test(path))).toEqual([]); // no page is fetched before it is asked for
    await expect(videos(page).filter({ hasText: "Archive tape 17" })).toContainText("Converting 23%");
    await expect(videos(page).filter({ hasText: "Invoice" })).toContainText("This file is no video");
    await expect(videos(page).filter({ hasText: "Grand Final" }).first()).toContainText("1:30:12");
    const picture = videos(page).filter({ hasText: "Morning News" }).locator("img");
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(320);
    await page.getByRole("button", { name: "Load more" }).click();
    await expect(videos(page)).toHaveCount(44);
    await expect(page.getByRole("button", { name: "Load more" })).toBeHidden();
  });

  test("renews itself while something is being prepared", async ({ page, world }) => {
    const asset = { ...exampleAsset("soon", "Soon", Date.now()), readyAtMs: Date.now() + LATER_MS };
    world.api.videos.assets.push(asset);
    await openVideos(page, world);
    await expect(videos(page).locator("[data-standing=preparing] >> visible=true")).toBeVisible();
    asset.readyAtMs = 0;
    await expect(videos(page).locator("[data-standing=ready] >> visible=true")).toBeVisible();
    await expect(videos(page)).toContainText("0:24");
  });

  test("keeps what it knows when the server is away, and says so", async ({ page, world }) => {
    const asset = { ...exampleAsset("soon", "Soon", Date.now()), readyAtMs: Date.now() + LATER_MS };
    world.api.videos.assets.push(asset);
    await openVideos(page, world);
    world.api.set({ down: true });
    await expect(page.getByText("This is the last known list")).toBeVisible();
    await expect(videos(page)).toHaveCount(1);
    world.api.set({ down: false });
    await expect(page.getByText("This is the last known list")).toBeHidden();
  });

  test("invites the first upload, by hand and by program", async ({ page, world }) => {
    await openVideos(page, world);
    await expect(page.getByRole("heading", { name: "No videos yet" })).toBeVisible();
    await expect(page.getByTestId("snippet")).toContainText(`${world.api.url}/video/v1/uploads`);
    await expect(page.getByRole("button", { name: "Choose files" })).toBeVisible();
  });

  test("is reached from Monitoring, and from the sign-in that stood before it", async ({ page, world }) => {
    await openVideos(page, world);
    await page.getByRole("link", { name: "Monitoring" }).locator("visible=true").click();
    await expect(page.getByRole("heading", { name: "Monitoring" })).toBeVisible();
    await page.getByRole("link", { name: "Videos" }).locator("visible=true").click();
    await expect(page).toHaveURL(/\/environments\/abc123\/videos$/);
    await page.context().clearCookies();
    await page.goto(`${world.app.url}/environments/abc123/videos/Ab01`);
    await expect(page).toHaveURL(/next=%2Fenvironments%2Fabc123%2Fvideos%2FAb01/);
  });
});

test.describe("uploading", () => {
  test("leads a film from the file to its first frame", async ({ page, world }) => {
    world.api.videos.set({ chunkMs: 1_200, prepareMs: 2_500 });
    await openVideos(page, world);
    await choose(page, FILM);
    await expect(uploads(page).getByText("testsrc-40s", { exact: true })).toBeVisible();
    await expect(uploads(page)).toContainText(/of [\d.]+ [kM]B · \d+%/);
    await expect(uploads(page).getByRole("progressbar")).toHaveAttribute("aria-valuenow", /\d+/);
    await expect(videos(page).locator("[data-standing=preparing] >> visible=true")).toBeVisible();
    await expect(uploads(page)).toHaveCount(0);
    await expect(videos(page).locator("[data-standing=ready] >> visible=true")).toBeVisible();
    await page.getByRole("link", { name: "testsrc-40s" }).click();
    await expect(page).toHaveTitle("testsrc-40s · Playhead");
    await page.locator("video").waitFor({ state: "attached" });
    await page.getByTestId("player").press("k");
    await expect.poll(() => position(page)).toBeGreaterThan(0.3);
  });

  test("takes a file that is dropped anywhere, and says when it is no video", async ({ page, world }) => {
    await openVideos(page, world);
    await drop(page, "notes.txt", "these are only words");
    await expect(videos(page).locator("[data-standing=errored] >> visible=true")).toBeVisible();
    await expect(videos(page)).toContainText("This file is no video or audio that can be read.");
    expect(world.api.videos.received.get("notes")).toBe(20);
    await page.getByRole("link", { name: "notes" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "This file is no video" })).toBeVisible();
  });

  test("sends large files in chunks, two files at a time", async ({ page, world }) => {
    world.api.videos.set({ chunkMs: 400 });
    await openVideos(page, world);
    await choose(page, [bytes("one.mp4", 20_000_000), bytes("two.mp4", 9_000_000), bytes("three.mp4", 1_000_000)]);
    await expect(uploads(page).and(page.locator("[data-state=sending]"))).toHaveCount(2);
    await expect(uploads(page).filter({ hasText: "three" })).toContainText("Waiting for its turn");
    await expect(videos(page)).toHaveCount(3, { timeout: 20_000 });
    expect(Object.fromEntries(world.api.videos.received)).toEqual({ one: 2e7, two: 9e6, three: 1e6 });
  });

  test("says why the server refuses, and tries again", async ({ page, world }) => {
    world.api.videos.set({ refusal: "This environment holds 10 videos." });
    await openVideos(page, world);
    await choose(page, FILM);
    await expect(uploads(page).getByRole("alert")).toHaveText("This environment holds 10 videos.");
    world.api.videos.set({ refusal: null });
    await page.getByRole("button", { name: "Retry upload of testsrc-40s" }).click();
    await expect(videos(page)).toHaveCount(1);
  });

  test("can be cancelled", async ({ page, world }) => {
    world.api.videos.set({ chunkMs: 30_000 });
    await openVideos(page, world);
    await choose(page, FILM);
    await expect(uploads(page).and(page.locator("[data-state=sending]"))).toBeVisible();
    await page.getByRole("button", { name: "Cancel upload of testsrc-40s" }).press("Enter");
    await expect(uploads(page)).toHaveCount(0);
    await expect.poll(() => world.api.videos.cancelled).toEqual(["testsrc-40s"]);
    await expect(page.getByRole("heading", { name: "No videos yet" })).toBeVisible();
  });

  test("is forgotten when its video was deleted before the list showed it", async ({ page, world }) => {
    await openVideos(page, world);
    await page.route("**/video/v1/assets?*", (route) => route.fulfill({ json: { data: [] } }));
    await choose(page, FILM);
    await expect(uploads(page)).toBeVisible();
    await expect(uploads(page)).toHaveCount(0);
    await expect(page.getByRole("heading", { name: "No videos yet" })).toBeVisible();
  });

  test("ends with the session only after a question", async ({ page, world }) => {
    world.api.videos.set({ chunkMs: 30_000 });
    await openVideos(page, world);
    await choose(page, FILM);
    await expect(uploads(page).and(page.locator("[data-state=sending]"))).toBeVisible();
    const signOut = async () => {
      await page
        .getByRole("button", { name: /^Account of/ })
        .locator("visible=true")
        .click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
    };
    await signOut();
    await page.getByRole("button", { name: "Go on uploading" }).click();
    await expect(uploads(page)).toBeVisible();
    await signOut();
    await page.getByRole("alertdialog").getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in$/);
    expect(world.api.videos.cancelled).toEqual(["testsrc-40s"]);
  });

  test("survives connections that break, and a network that goes away", async ({ page, world, context }) => {
    world.api.videos.set({ brokenChunks: 2, chunkMs: 3_000 });
    await openVideos(page, world);
    await choose(page, bytes("film.mp4", 20_000_000));
    await expect.poll(() => world.api.videos.received.get("film"), { timeout: 20_000 }).toBeGreaterThan(8_000_000);
    await context.setOffline(true);
    await expect(uploads(page)).toContainText("The network is away");
    await context.setOffline(false);
    await expect(videos(page)).toHaveCount(1, { timeout: 20_000 });
    expect(world.api.videos.received.get("film")).toBeGreaterThanOrEqual(20_000_000);
  });

  test("goes on while a person looks at other pages, and asks before the last one is left", async ({ page, world }) => {
    world.api.videos.set({ chunkMs: 2_500 });
    await openVideos(page, world);
    await choose(page, FILM);
    await expect(uploads(page)).toBeVisible();
    await page.getByRole("link", { name: "Monitoring" }).locator("visible=true").click();
    await expect(page.getByRole("link", { name: /^Uploading 1 file/ })).toBeVisible();
    const question = page.waitForEvent("dialog");
    await page.close({ runBeforeUnload: true });
    const dialog = await question;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    await page.getByRole("link", { name: "Videos" }).locator("visible=true").click();
    await expect(videos(page)).toHaveCount(1);
  });
});

const position = (page: Page) => page.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime);

test.describe("a video", () => {
  test.beforeEach(async ({ world }) => {
    world.api.videos.assets.push(exampleAsset("film", "The Lighthouse Keeper", Date.now() - 60_000));
  });

  test("plays, in the quality that is chosen, and reports to its own environment", async ({ page, world }) => {
    const beacons: string[] = [];
    await page.route("http://localhost:3002/**", async (route) => {
      beacons.push(route.request().postData() ?? "");
      await route.fulfill({ status: 200, headers: { "access-control-allow-origin": "*" }, body: "" });
    });
    await openVideos(page, world, "/film");
    await page.locator("video").waitFor({ state: "attached" });
    await page.locator("media-play-button.player-start").click();
    await expect.poll(() => position(page)).toBeGreaterThan(0.2);
    await expect.poll(() => beacons.join("\n"), { timeout: 15_000 }).toContain("Playhead dashboard");
    expect(beacons.join("\n")).toContain("k7f3q9w2m5x8");
    expect(beacons.join("\n")).toContain("The Lighthouse Keeper");

    await page.locator("media-rendition-menu-button").click();
    const menu = page.locator("media-rendition-menu");
    await expect(menu.getByRole("menuitemradio")).toHaveText(["360p", "180p", /^Auto/]);
    await menu.getByRole("menuitemradio", { name: "180p" }).click();
    const heightPx = () => page.locator("video").evaluate((video: HTMLVideoElement) => video.videoHeight);
    await expect.poll(heightPx, { timeout: 20_000 }).toBe(180);
  });

  test("is shown whole, in its own shape", async ({ page, world }) => {
    const [asset] = world.api.videos.assets;
    if (asset !== undefined) asset.aspectRatio = "9:16";
    await openVideos(page, world, "/film");
    await page.locator("video").waitFor({ state: "attached" });
    const player = await page.getByTestId("player").boundingBox();
    expect((player?.width ?? 0) / (player?.height ?? 1)).toBeCloseTo(9 / 16, 1);
    expect(await page.locator("video").boundingBox()).toEqual(player);
  });

  test("says why it does not go on", async ({ page, world }) => {
    await page.route(/segment-/, () => undefined); // never answered
    await openVideos(page, world, "/film");
    await page.locator("video").waitFor({ state: "attached" });
    await page.getByTestId("player").press("k");
    await expect(page.getByText("This part is not made yet")).toBeVisible({ timeout: 15_000 });
  });

  test("obeys the keyboard", async ({ page, world }) => {
    await openVideos(page, world, "/film");
    await page.locator("video").waitFor({ state: "attached" });
    const isPaused = () => page.locator("video").evaluate((video: HTMLVideoElement) => video.paused);
    const player = page.getByTestId("player");
    await player.press("k");
    await expect.poll(isPaused).toBe(false);
    await player.press("k");
    await expect.poll(isPaused).toBe(true);
    await player.press("ArrowRight");
    await expect.poll(() => position(page)).toBeGreaterThan(5);
  });

  test("leads to the moment of a picture", async ({ page, world }) => {
    await openVideos(page, world, "/film");
    const pictures = page.getByRole("list", { name: "Pictures of the video" }).getByRole("button");
    await expect(pictures).toHaveCount(6);
    await page.locator("video").waitFor({ state: "attached" });
    await pictures.nth(4).click();
    await expect.poll(() => position(page)).toBeCloseTo(18, 0);
    await expect(pictures.nth(4)).toHaveAttribute("aria-current", "time");
  });

  test("says what there is to know, and gives it away", async ({ page, world, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: world.app.url });
    await openVideos(page, world, "/film");
    const facts = page.getByRole("region", { name: "About this video" });
    for (const fact of ["0:24", "1080p", "16:9", "25 fps", "Video, 1920 × 1080, 25 fps", "Audio, stereo"]) {
      await expect(facts.getByText(fact, { exact: true })).toBeVisible();
    }
    await page.getByRole("button", { name: "Copy HLS" }).click();
    await expect(page.getByRole("button", { name: "Copied HLS" })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${world.api.url}/playfilm.m3u8`);
    await expect(page.getByTestId("snippet")).toContainText('<mux-player playback-id="playfilm"');
    await page.getByRole("link", { name: "Who is watching" }).click();
    await expect(page).toHaveURL(/monitoring\?video_title=The\+Lighthouse\+Keeper$/);
  });

  test("can be renamed", async ({ page, world }) => {
    await openVideos(page, world, "/film");
    await page.getByRole("button", { name: "Edit title" }).click();
    await page.getByLabel("Title", { exact: true }).fill("The Keeper");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("The Keeper");
    await expect(page).toHaveTitle("The Keeper · Playhead");
    await expect(page.getByRole("button", { name: "Edit title" })).toBeFocused();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: "Edit title" })).toBeFocused();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("The Keeper");
    expect(world.api.videos.assets[0]?.title).toBe("The Keeper");
  });

  test("gets playback ids and loses them", async ({ page, world }) => {
    await openVideos(page, world, "/film");
    const ids = page.getByTestId("playback-id");
    await page.getByRole("button", { name: "Public playback id" }).click();
    await expect(ids).toHaveCount(2);
    for (const left of [1, 0]) {
      await ids.first().getByRole("button", { name: "Delete playback id" }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "Delete playback id" }).click();
      await expect(ids).toHaveCount(left);
    }
    await expect(page.getByText("Nobody can play this yet")).toBeVisible();
    await page.getByRole("button", { name: "Add a public playback id" }).click();
    await expect(page.locator("video")).toBeAttached();
  });

  test("is deleted only after a question", async ({ page, world }) => {
    await openVideos(page, world, "/film");
    await page.getByRole("button", { name: "Delete video" }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    expect(world.api.videos.assets).toHaveLength(1);
    await page.getByRole("button", { name: "Delete video" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete video" }).click();
    await expect(page).toHaveURL(/\/videos$/);
    await expect(page.getByRole("heading", { name: "No videos yet" })).toBeVisible();
  });

  test("turns from preparing into a player by itself", async ({ page, world }) => {
    const [asset] = world.api.videos.assets;
    if (asset !== undefined) asset.readyAtMs = Date.now() + LATER_MS;
    await openVideos(page, world, "/film");
    await expect(page.getByRole("main").getByRole("status")).toHaveText("Preparing");
    if (asset !== undefined) asset.readyAtMs = 0;
    await expect(page.locator("video")).toBeAttached();
  });

  test("of nobody, or of another environment, is not found", async ({ page, world }) => {
    await openVideos(page, world, "/nothing");
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
    await page.goto(`${world.app.url}/environments/def456/videos/film`);
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  });
});

test("the forwarding route names the environment, and refuses what no page of ours asks", async ({ page, world }) => {
  world.api.videos.assets.push(exampleAsset("film", "Film", Date.now()));
  await openVideos(page, world);
  const ask = (method: string, path: string, own: Record<string, string>) =>
    page.evaluate(
      async ([verb, url, headers]) =>
        (await fetch(String(url), { method: String(verb), headers: headers as Record<string, string> })).status,
      [method, `/api/environments/${path}`, own] as const,
    );
  const own = { "x-playhead-request": "1" };
  expect(await ask("GET", "abc123/video/v1/assets/film", own)).toBe(200);
  expect(await ask("GET", "def456/video/v1/assets/film", own)).toBe(404);
  const asked = world.api.requests.findLast(({ headers }) => headers["x-playhead-environment"] === "def456");
  expect(asked?.path).toBe("/video/v1/assets/film");
  expect(asked?.headers.cookie).toBeUndefined();
  expect(await ask("DELETE", "abc123/video/v1/assets/film", {})).toBe(403);
  expect(await ask("GET", "abc123/system/v1/whoami", own)).toBe(404);
  expect(await ask("GET", "abc123/video/v1/assets/a.b", own)).toBe(404);
  expect(world.api.videos.assets).toHaveLength(1);
});

test("the pages break none of their own security rules", async ({ page, world }) => {
  const complaints: string[] = [];
  page.on("console", (line) => {
    if (line.type() === "error") complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.route("http://localhost:3002/**", (route) => route.fulfill({ status: 200 }));
  world.api.videos.assets.push(exampleAsset("film", "Film", Date.now() - 60_000));
  await openVideos(page, world);
  await choose(page, FILM);
  await expect(videos(page)).toHaveCount(2);
  await page.getByRole("link", { name: "Film", exact: true }).click();
  await page.locator("video").waitFor({ state: "attached" });
  await page.locator("media-play-button.player-start").click();
  await expect.poll(() => position(page)).toBeGreaterThan(0.2);
  expect(complaints).toEqual([]);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`can be read and heard, ${colorScheme}`, async ({ page, world }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    world.api.videos.set({ chunkMs: 30_000 });
    await openVideos(page, world);
    expect(await auditPage(page)).toEqual([]);
    world.api.videos.assets.push(...everyKindOfVideo(Date.now()));
    await page.reload();
    await choose(page, [bytes("one.mp4", 1_000_000), bytes("empty.mp4", 0)]);
    await expect(uploads(page)).toHaveCount(2);
    expect(await auditPage(page)).toEqual([]);
    page.on("dialog", (dialog) => void dialog.accept());
    for (const id of ["preparing1", "converting1", "broken1", "signed1", "sound1"]) {
      await page.goto(`${world.app.url}/environments/abc123/videos/${id}`);
      expect([id, await auditPage(page)]).toEqual([id, []]);
    }
    await page.getByRole("button", { name: "Edit title" }).click();
    await page.locator("video").waitFor({ state: "attached" });
    expect(await auditPage(page)).toEqual([]);
  });
}

test("fits a phone", async ({ page, world }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  world.api.videos.set({ chunkMs: 30_000 });
  world.api.videos.assets.push(...everyKindOfVideo(Date.now()));
  await openVideos(page, world);
  const widthPx = () => page.evaluate(() => document.documentElement.scrollWidth);
  await choose(page, [bytes("A very long name of a file that somebody made on a Sunday afternoon.mp4", 1_000_000)]);
  await expect(uploads(page)).toBeVisible();
  expect(await widthPx()).toBeLessThanOrEqual(390);
  await page.getByRole("link", { name: /^Interview/ }).click();
  await page.locator("video").waitFor({ state: "attached" });
  expect(await widthPx()).toBeLessThanOrEqual(390);
  await expect(page.getByRole("link", { name: /^Uploading 1 file/ })).toBeVisible();
});
