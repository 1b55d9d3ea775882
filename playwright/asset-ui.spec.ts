import type { Page } from "@playwright/test";
import { expect, openVideos, test } from "./fakes/fixtures.ts";
import { exampleAsset } from "./fakes/videos.ts";

const LATER_MS = 3_600_000;

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
