import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "@playwright/test";
import type { Access } from "./system/start-playhead.ts";

/**
 * Makes the pictures of docs/screenshots from a running `npm start`: sign-in and Monitoring, dark and light, 1440 and 390 px
 * wide. Let `npm run simulate` run for a while first.
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

const access = JSON.parse(readFileSync(join(process.argv[2] ?? join(ROOT, ".playhead"), "dev.json"), "utf8")) as Access;
mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking"],
});
for (const colorScheme of ["dark", "light"] as const) {
  for (const viewport of WIDTHS) await photograph(browser, colorScheme, viewport);
}
await browser.close();

async function photograph(
  chrome: Browser,
  colorScheme: "dark" | "light",
  viewport: { width: number; height: number },
): Promise<void> {
  const context = await chrome.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  const picture = (name: string) => join(FOLDER, `${name}-${colorScheme}-${viewport.width}.png`);
  await page.goto(access.app);
  await page.getByLabel("Email").waitFor();
  await page.screenshot({ path: picture("sign-in") });
  await page.getByLabel("Email").fill(access.email);
  await page.getByLabel("Password").fill(access.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/monitoring/);
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: picture("monitoring"), fullPage: viewport.width < 500 });
  await context.close();
}
