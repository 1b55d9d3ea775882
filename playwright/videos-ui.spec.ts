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
const position = (page: Page) => page.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime);
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
