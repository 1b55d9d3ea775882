import { test as base, type Page } from "@playwright/test";
import { type FakeApi, PERSON, startFakeApi } from "./api.ts";
import { type RunningApp, startApp } from "./app.ts";
import type { Evening } from "./audience.ts";
import { buildFresh } from "./build.ts";
import { type FakeSocket, startFakeSocket } from "./socket.ts";

export interface World {
  api: FakeApi;
  socket: FakeSocket;
  app: RunningApp;
}

const MINUTE_MS = 60_000;
const START_WITHIN_MS = 300_000;

/** The app over fakes, one for all tests of a worker; `world` is put back to a quiet evening before each. */
export const test = base.extend<{ world: World }, { started: World }>({
  started: [
    async ({ playwright: _ }, use) => {
      await buildFresh();
      const api = await startFakeApi();
      const socket = await startFakeSocket(quietEvening());
      const app = await startApp(api.url, socket.url);
      await use({ api, socket, app });
      await app.stop();
      await socket.close();
      await api.close();
    },
    { scope: "worker", timeout: START_WITHIN_MS },
  ],
  world: async ({ started }, use) => {
    const { api, socket } = started;
    api.set({ socketUrl: socket.url, down: false, tokenLifetimeMs: 300_000 });
    api.requests.length = 0;
    api.videos.reset();
    socket.reset(quietEvening());
    await use(started);
  },
});

export { expect } from "@playwright/test";

export function quietEvening(): Evening {
  return { viewers: 14_200, beganMs: Date.now() - 27 * MINUTE_MS, incidents: [] };
}

export async function fillIn(page: Page, world: World, password: string = PERSON.password): Promise<void> {
  await page.goto(`${world.app.url}/sign-in`);
  await page.getByLabel("Email").fill(PERSON.email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Signs in and waits until the numbers are live. */
export async function openMonitoring(page: Page, world: World, query = ""): Promise<void> {
  await fillIn(page, world);
  await page.waitForURL(/\/environments\/abc123\/monitoring/);
  if (query !== "") await page.goto(`${world.app.url}/environments/abc123/monitoring${query}`);
  await page.locator("[data-status=live]").waitFor();
  await page.locator(".uplot").waitFor();
}

/** Signs in and opens the list of videos. */
export async function openVideos(page: Page, world: World, path = ""): Promise<void> {
  await fillIn(page, world);
  await page.waitForURL(/\/environments\/abc123\/monitoring/);
  await page.goto(`${world.app.url}/environments/abc123/videos${path}`);
}
