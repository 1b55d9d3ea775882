import { expect, type Page, test } from "@playwright/test";
import { type RunningPlayhead, startPlayhead } from "../bench/stack/start-playhead.ts";
import { type PlayerPage, servePlayerPage } from "./system/player-page.ts";

/** The product's first sentence: start it, open the dashboard, play a video somewhere, see the viewer appear. */
test.describe.configure({ mode: "serial" });

const TITLE = "First light";
let playhead: RunningPlayhead;
let page: PlayerPage;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  playhead = await startPlayhead();
  page = await servePlayerPage(playhead.access.collector, playhead.access.environmentKey, TITLE);
});

test.afterAll(async () => {
  await page?.close();
  await playhead?.stop();
});

async function signIn(dashboard: Page): Promise<void> {
  await dashboard.goto(playhead.access.app);
  await dashboard.getByLabel("Email").fill(playhead.access.email);
  await dashboard.getByLabel("Password").fill(playhead.access.password);
  await dashboard.getByRole("button", { name: "Sign in" }).click();
  await dashboard.waitForURL(/\/environments\/[a-z0-9]{6}\/monitoring/);
}

const viewers = (dashboard: Page) => dashboard.getByTestId("viewers");

test("a viewer with unmodified mux-embed raises the pushed count within seconds, and leaves it", async ({
  browser,
}) => {
  const dashboard = await (await browser.newContext()).newPage();
  await signIn(dashboard);
  const player = await (await browser.newContext()).newPage();
  await player.goto(page.url);
  await player.evaluate(() => document.querySelector("video")?.play());
  await expect(viewers(dashboard)).toHaveText("1", { timeout: 5_000 });
  await expect(dashboard.getByRole("button", { name: new RegExp(TITLE) }).first()).toBeVisible();

  await player.evaluate(() => document.querySelector("video")?.pause());
  await expect(viewers(dashboard)).toHaveText("0", { timeout: 20_000 }); // the SDK tells of a pause within 10 s
  await player.evaluate(() => document.querySelector("video")?.play());
  await expect(viewers(dashboard)).toHaveText("1", { timeout: 20_000 });
  await player.goto("about:blank"); // leaves the page: the last batch is sent twice
  await expect(viewers(dashboard)).toHaveText("0", { timeout: 5_000 });
});

test("the access token that npm start prints works, and every program answers its internal port", async ({
  request,
}) => {
  const { api, tokenId, tokenSecret, environmentId } = playhead.access;
  const authorization = `Basic ${Buffer.from(`${tokenId}:${tokenSecret}`).toString("base64")}`;
  const whoami = await request.get(`${api}/system/v1/whoami`, { headers: { authorization } });
  expect(await whoami.json()).toMatchObject({ data: { environment_id: environmentId } });
  expect((await request.get(`${api}/system/v1/whoami`)).status()).toBe(401);

  for (const [program, host] of Object.entries(playhead.internal)) {
    expect([program, (await request.get(`http://${host}/healthz`)).status()]).toEqual([program, 200]);
    expect([program, (await request.get(`http://${host}/readyz`)).status()]).toEqual([program, 200]);
    expect(await (await request.get(`http://${host}/metrics`)).text()).toContain("process_cpu_seconds_total");
  }
});
