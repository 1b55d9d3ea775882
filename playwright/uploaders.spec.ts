import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import Mux from "@mux/mux-node";
import { expect, type Page, test } from "@playwright/test";
import { startVideoStack, type VideoStack } from "../bench/stack/video-stack.ts";
import { sourceKey } from "../domain/media/object-keys.ts";
import { openFolderObjects } from "../platform/objects/folder-objects.ts";
import { type DroppingProxy, startDroppingProxy } from "./system/dropping-proxy.ts";
import { type Site, serveSite } from "./system/site.ts";

/** Uploaders as they ship, on the real server: through pauses, reloads and lines that break, every byte is there once. */
const FILE = randomBytes(12 * 2 ** 20);
const SHA256 = createHash("sha256").update(FILE).digest("hex");
const CHUNK_KB = 512;
/** In each megabyte: one of twenty chunks breaks. */
const DROPS_PER_MB = 0.1;
/** One breaks for certain, in the middle of its chunk. */
const CERTAIN_BYTES = 1_300_000;
const ATTEMPTS = 30;

let stack: VideoStack;
let site: Site;
let proxy: DroppingProxy;
let mux: Mux;
let file: string;
let environment: string;

test.beforeAll(async ({ browserName: _ }, testInfo) => {
  test.setTimeout(120_000);
  file = testInfo.outputPath("film.mp4");
  await writeFile(file, FILE);
  site = await serveSite();
  stack = await startVideoStack({ programs: ["server"] });
  proxy = await startDroppingProxy(Number(new URL(stack.api).port), DROPS_PER_MB);
  mux = new Mux({ tokenId: stack.tokenId, tokenSecret: stack.tokenSecret, baseURL: stack.api });
  environment = (await mux.system.utilities.whoami()).environment_id ?? "";
});
test.afterAll(async () => {
  await proxy?.close();
  await site?.close();
  await stack?.stop();
});

async function newUpload(): Promise<{ id: string; url: string; badUrl: string }> {
  const { id, url = "" } = await mux.video.uploads.create({ cors_origin: site.origin });
  const bad = new URL(url);
  bad.port = String(proxy.port);
  return { id, url, badUrl: bad.href };
}

/** The asset's source has the bytes of the file; there is one as soon as the uploader says that it is done. */
async function expectWhole(uploadId: string): Promise<void> {
  const { status, asset_id: assetId = "" } = await mux.video.uploads.retrieve(uploadId);
  expect(status).toBe("asset_created");
  const stored = await openFolderObjects(stack.objectsDir).head(sourceKey({ environment, assetId }, 1));
  expect(stored?.sha256).toBe(SHA256);
}

const upchunkPage = (
  url: string,
): string => `<!doctype html><input type="file"><script src="/upchunk.js"></script><script>
  window.state = "waiting"; window.percent = 0;
  document.querySelector("input").addEventListener("change", (event) => {
    window.upload = UpChunk.createUpload({ endpoint: ${JSON.stringify(url)}, file: event.target.files[0], chunkSize: ${CHUNK_KB} });
    upload.on("progress", ({ detail }) => { window.percent = detail; });
    upload.on("success", () => { window.state = "done"; });
    upload.on("error", ({ detail }) => { window.state = "failed: " + detail.message; });
  });
</script>`;

async function choose(page: Page): Promise<void> {
  await page.locator('input[type="file"]').first().setInputFiles(file);
}

/** Settled: neither waiting nor on its way. */
async function settled(page: Page): Promise<string> {
  await page.waitForFunction(() => (globalThis as unknown as { state: string }).state !== "waiting", null, {
    timeout: 30_000,
  });
  return page.evaluate("state");
}

test("upchunk pauses and goes on", async ({ page }) => {
  const { id, url } = await newUpload();
  await page.goto(site.page("/pausing", upchunkPage(url)));
  await choose(page);
  await page.waitForFunction("percent > 10");
  await page.evaluate("upload.pause()");
  await page.waitForTimeout(500); // the piece that is under way still arrives
  const paused = await page.evaluate("percent");
  await page.waitForTimeout(1_000);
  expect(await page.evaluate("percent")).toBe(paused);
  expect((await mux.video.uploads.retrieve(id)).status).toBe("waiting");
  await page.evaluate("upload.resume()");
  expect(await settled(page)).toBe("done");
  await expectWhole(id);
});

test("upchunk, begun again whenever its line breaks, ends with the file's bytes", async ({ page }) => {
  test.setTimeout(120_000);
  const { id, badUrl } = await newUpload();
  const before = proxy.drops();
  proxy.cutAfter(CERTAIN_BYTES);
  let state = "";
  for (let attempt = 0; attempt < ATTEMPTS && state !== "done"; attempt += 1) {
    await page.goto(site.page("/breaking", upchunkPage(badUrl)));
    await choose(page);
    state = await settled(page); // a broken connection is final for upchunk: it says so, and a person begins again
    if (state !== "done") expect((await mux.video.uploads.retrieve(id)).status).toBe("waiting");
  }
  expect(state).toBe("done");
  expect(proxy.drops()).toBeGreaterThan(before); // Chromium sends some of them again by itself
  await expectWhole(id);
});

test("mux-uploader pauses and goes on", async ({ page }) => {
  const { id, url } = await newUpload();
  const html = `<!doctype html><script src="/mux-uploader.js"></script>
    <mux-uploader endpoint="${url}" chunk-size="${CHUNK_KB}" pausable></mux-uploader><script>
    window.state = "waiting"; window.percent = 0;
    const uploader = document.querySelector("mux-uploader");
    uploader.addEventListener("progress", ({ detail }) => { window.percent = detail; });
    uploader.addEventListener("success", () => { window.state = "done"; });
    uploader.addEventListener("uploaderror", ({ detail }) => { window.state = "failed: " + detail.message; });
  </script>`;
  await page.goto(site.page("/uploader", html));
  await choose(page);
  await page.waitForFunction("percent > 10");
  await page.evaluate("uploader.paused = true");
  await page.waitForTimeout(1_000);
  expect((await mux.video.uploads.retrieve(id)).status).toBe("waiting");
  await page.evaluate("uploader.paused = false");
  expect(await settled(page)).toBe("done");
  await expectWhole(id);
});

const tusPage = (
  url: string,
  isStopping: boolean,
): string => `<!doctype html><input type="file"><script src="/tus.js"></script><script>
  window.state = "waiting"; window.firstOffset = null;
  document.querySelector("input").addEventListener("change", async (event) => {
    window.upload = new tus.Upload(event.target.files[0], {
      endpoint: ${JSON.stringify(url)}, chunkSize: ${CHUNK_KB * 1_024}, retryDelays: Array(50).fill(50),
      onProgress: (sent) => { window.firstOffset ??= sent; },
      onChunkComplete: (_, sent) => { if (${isStopping} && sent > ${4 * 2 ** 20}) { upload.abort(); window.state = "stopped"; } },
      onSuccess: () => { window.state = "done"; },
      onError: (error) => { window.state = "failed: " + error.message; },
    });
    const [previous] = await upload.findPreviousUploads();
    if (previous) upload.resumeFromPreviousUpload(previous);
    upload.start();
  });
</script>`;

test("tus goes on after the page was loaded again, on a line that breaks, and from another device", async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const { id, badUrl } = await newUpload();
  const before = proxy.drops();
  proxy.cutAfter(CERTAIN_BYTES);
  await page.goto(site.page("/tus-stopping", tusPage(badUrl, true)));
  await choose(page);
  expect(await settled(page)).toBe("stopped");
  await page.goto(site.page("/tus-stopping-again", tusPage(badUrl, true)));
  await choose(page);
  expect(await settled(page)).toBe("stopped"); // after one more piece: it is past the mark already
  expect(await page.evaluate("firstOffset")).toBeGreaterThan(4 * 2 ** 20);

  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(site.page("/tus", tusPage(badUrl, false)));
  await choose(elsewhere);
  expect(await settled(elsewhere)).toBe("done");
  await expectWhole(id);
  expect(proxy.drops()).toBeGreaterThan(before);
  await elsewhere.context().close();
});
