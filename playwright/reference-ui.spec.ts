import { API_DOCUMENT } from "./fakes/api-document.ts";
import { auditPage } from "./fakes/audit.ts";
import { expect, test } from "./fakes/fixtures.ts";

const METRICS = "/docs/api/metrics";

test("is open to everybody, and leads from the overview to an operation", async ({ page, world }) => {
  await page.goto(`${world.app.url}/docs/api`);
  await page
    .getByRole("main")
    .getByRole("link", { name: /Metrics/ })
    .click();
  await expect(page.getByRole("heading", { name: "One number for every value of a dimension" })).toBeVisible();
  await expect(page.getByText("/data/v1/metrics/{metric_id}/breakdown", { exact: true })).toBeVisible();
  await expect(page.getByRole("main").getByText("null for views without a value")).toBeVisible();
});

test("shows requests with curl and the SDK, the same choice everywhere", async ({ page, world }) => {
  await page.goto(`${world.app.url}/docs/api/annotations`);
  await expect(page.getByText(`-d '{"note":"Player 2.1 released"}'`)).toBeVisible();
  await page.getByRole("button", { name: "Node.js" }).first().click();
  await expect(page.getByText("mux.data.annotations.create(")).toBeVisible();
  await expect(page.getByText("await mux.delete(")).toBeVisible();
});

test("finds an operation of any group with the keyboard alone", async ({ page, world }) => {
  await page.goto(`${world.app.url}${METRICS}`);
  const search = page.getByRole("searchbox", { name: "Find an operation" });
  await expect(async () => {
    await page.keyboard.press("/");
    await expect(search).toBeFocused({ timeout: 200 });
  }).toPass();
  await page.keyboard.type("delete annot");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/annotations#deleteDataAnnotation$/);
});

test("fits a phone, with its contents in a sheet", async ({ page, world }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${world.app.url}${METRICS}`);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.getByRole("button", { name: "Contents" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "Annotations" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("heading", { level: 1, name: "Annotations" })).toBeVisible();
});

test("says that a group is not there", async ({ page, world }) => {
  const answer = await page.goto(`${world.app.url}/docs/api/nothing`);
  expect(answer?.status()).toBe(404);
});

for (const colorScheme of ["light", "dark"] as const)
  test(`can be read and heard, ${colorScheme}`, async ({ page, world }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const path of ["", ...API_DOCUMENT.tags.map(({ name }) => `/${name.toLowerCase()}`)]) {
      await page.goto(`${world.app.url}/docs/api${path}`);
      expect([path, await auditPage(page)]).toEqual([path, []]);
    }
  });
