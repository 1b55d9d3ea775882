import type { Page } from "@playwright/test";
import { PERSON, THROTTLED_PASSWORD } from "./fakes/api.ts";
import { auditPage } from "./fakes/audit.ts";
import { expect, fillIn, openMonitoring, quietEvening, test } from "./fakes/fixtures.ts";

const viewers = (page: Page) => page.getByTestId("viewers");

test.describe("signing in", () => {
  test("has a sentence of its own for each way to fail", async ({ page, world }) => {
    await fillIn(page, world, "wrong");
    await expect(page.getByText("do not belong together")).toBeVisible();
    await fillIn(page, world, THROTTLED_PASSWORD);
    await expect(page.getByText("Too many attempts. Try again in 30 s.")).toBeVisible();
    world.api.set({ down: true });
    await page.getByLabel("Password").fill(PERSON.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("The Playhead server does not answer")).toBeVisible();
  });

  test("waits for its script: sent by the browser alone, the password would stand in the address", async ({
    page,
    world,
  }) => {
    await page.route("**/_next/static/**/*.js", (route) => void setTimeout(() => route.continue(), 1_000));
    await page.goto(`${world.app.url}/sign-in`, { waitUntil: "commit" });
    await page.getByLabel("Email").fill(PERSON.email);
    await page.getByLabel("Password").fill("wrong");
    await expect(page.getByRole("button", { name: "Sign in" })).toBeDisabled();
    await page.getByLabel("Password").press("Enter");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("do not belong together")).toBeVisible();
    expect(page.url()).toBe(`${world.app.url}/sign-in`);
  });

  test("keeps the session token away from everything that script can read", async ({ page, world }) => {
    const bodies: string[] = [];
    page.on("response", async (response) => bodies.push(await response.text().catch(() => "")));
    await openMonitoring(page, world);
    const token = [...world.api.sessions].at(-1) ?? "";
    const readable = await page.evaluate(async () => {
      const session = await (await fetch("/api/auth/session")).text();
      return [
        document.cookie,
        session,
        JSON.stringify({ ...localStorage, ...sessionStorage }),
        document.documentElement.outerHTML,
      ];
    });
    expect(readable[1]).toContain(PERSON.email);
    for (const text of [...readable, ...bodies]) expect(text).not.toContain(token);
    const cookies = await page.context().cookies();
    const session = cookies.filter(({ name }) => name.includes("session-token"));
    expect(session).toMatchObject([{ httpOnly: true, sameSite: "Lax" }]);
    expect(session[0]?.value).not.toContain(token);
  });

  test("signs out on the server too", async ({ page, world }) => {
    await openMonitoring(page, world);
    const token = [...world.api.sessions].at(-1) ?? "";
    await page
      .getByRole("button", { name: `Account of ${PERSON.name}` })
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in/); // one navigation may overtake another, which ends a wait for loading
    expect(world.api.sessions.has(token)).toBe(false);
    await page.goto(`${world.app.url}/environments/abc123/monitoring`);
    await expect(page).toHaveURL(/\/sign-in/);
  });

  test("sends a person whose session was revoked to the sign-in page", async ({ page, world }) => {
    await openMonitoring(page, world);
    world.api.sessions.clear();
    world.socket.cut(false); // the next token is refused
    await expect(page).toHaveURL(/\/sign-in\?reason=session/);
    await expect(page.getByText("Your session is over")).toBeVisible();
  });

  test("leads back to the page that was asked for, filters included", async ({ page, world }) => {
    await page.goto(`${world.app.url}/environments/abc123/monitoring?cdn=fastly`);
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await expect(page.getByText("Your session is over")).toBeHidden(); // there was none
    await page.getByLabel("Email").fill(PERSON.email);
    await page.getByLabel("Password").fill(PERSON.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/monitoring\?cdn=fastly$/);
  });

  test("takes the other tabs along when it ends", async ({ page, world, context }) => {
    await openMonitoring(page, world);
    const other = await context.newPage();
    await other.goto(`${world.app.url}/environments/abc123/monitoring`);
    await expect(other.getByTestId("delay")).toBeVisible();
    await page
      .getByRole("button", { name: `Account of ${PERSON.name}` })
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(other).toHaveURL(/\/sign-in/);
  });

  test("says that the server is down to someone who is signed in", async ({ page, world }) => {
    await openMonitoring(page, world);
    world.api.set({ down: true });
    await page.reload();
    await expect(page.getByRole("heading", { name: "The Playhead server does not answer" })).toBeVisible();
  });
});

test.describe("the forwarding route", () => {
  test("hands on listed paths without cookies, and nothing else", async ({ page, world }) => {
    await openMonitoring(page, world);
    const asked = world.api.requests.findLast(({ path }) => path.endsWith("/socket-token"));
    expect(asked?.headers.cookie).toBeUndefined();
    expect(asked?.headers["x-forwarded-for"]).toMatch(/^(127\.0\.0\.1|::1)$/);
    const post = (path: string, headers: Record<string, string>) =>
      page.evaluate(
        async ([url, own]) =>
          (await fetch(String(url), { method: "POST", headers: own as Record<string, string> })).status,
        [`/api/environments/${path}`, headers] as const,
      );
    const own = { "x-playhead-request": "1" };
    expect(await post("abc123/socket-token", own)).toBe(200);
    expect(await post("abc123/socket-token", {})).toBe(403);
    expect(await post("abc123/members", own)).toBe(404);
    expect(await post("zzz999/socket-token", own)).toBe(404);
    const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site", ...own };
    const answer = await page.request.post(`${world.app.url}/api/environments/abc123/socket-token`, {
      headers: foreign,
    });
    expect(answer.status()).toBe(403);
  });
});

test.describe("filters", () => {
  test("change the pushed stream, stand in the address and go away again", async ({ page, world }) => {
    await openMonitoring(page, world);
    const all = Number((await viewers(page).textContent())?.replace(",", ""));
    await page
      .getByTestId("by-cdn")
      .getByRole("button", { name: /^Only cdn fastly/ })
      .click();
    await expect(page).toHaveURL(/\?cdn=fastly$/);
    await expect
      .poll(() => world.socket.subscriptions.at(-1)?.filters)
      .toEqual([{ dimension: "cdn", values: ["fastly"], negated: false }]);
    await expect.poll(async () => Number((await viewers(page).textContent())?.replace(",", ""))).toBeLessThan(all / 2);
    await expect(page.getByTestId("by-cdn").getByRole("listitem")).toHaveCount(1);

    await page
      .getByTestId("by-country")
      .getByRole("button", { name: /^Only country Germany/ })
      .click({ modifiers: ["Alt"] });
    await expect(page.getByText("Country is not Germany")).toBeVisible();
    await expect
      .poll(() => world.socket.subscriptions.at(-1)?.filters)
      .toContainEqual({ dimension: "country", values: ["DE"], negated: true });
    await page.reload();
    await expect(page.getByText("CDN is fastly")).toBeVisible();

    await page.getByRole("button", { name: "Remove filter: CDN is fastly" }).press("Enter");
    await page.getByRole("button", { name: "Remove filter: Country is not Germany" }).press("Enter");
    await expect.poll(() => world.socket.subscriptions.at(-1)?.filters).toEqual([]);
    await page.goBack();
    await expect(page.getByText("Country is not Germany")).toBeVisible();
  });

  test("exclude by the row's own button, and find views without a value", async ({ page, world }) => {
    await openMonitoring(page, world);
    await page.getByRole("button", { name: "Exclude cdn fastly" }).press("Enter");
    await expect(page).toHaveURL(/not\.cdn=fastly/);
    await page.getByRole("button", { name: /^Only device Unknown/ }).click();
    await expect(page).toHaveURL(/device_category=$/);
    await expect
      .poll(() => world.socket.subscriptions.at(-1)?.filters)
      .toContainEqual({ dimension: "device_category", values: [""], negated: false });
  });

  test("colour the row where an incident sits", async ({ page, world }) => {
    const now = Date.now();
    world.socket.setEvening({ ...quietEvening(), incidents: [[now - 120_000, now + 600_000]] });
    await openMonitoring(page, world);
    await expect(page.getByTestId("by-cdn").locator("li[data-standing=bad]")).toHaveText(/fastly/);
    await expect(page.locator("li[data-standing=bad]")).toHaveCount(1);
  });
});

test.describe("the delay", () => {
  test("is always shown", async ({ page, world }) => {
    await openMonitoring(page, world);
    await expect(page.getByTestId("delay")).toHaveText(/^0\.[6-9] s behind live$/);
  });

  test("tells a stall and since when, and that it is over", async ({ page, world }) => {
    await openMonitoring(page, world);
    const stalledAtMs = Date.now() - 20_000;
    world.socket.stall(stalledAtMs);
    const since = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "Europe/Vienna" }).format(
      stalledAtMs,
    );
    await expect(page.getByTestId("delay")).toContainText(`Stalled since ${since}`);
    await expect(page.getByTestId("delay")).toContainText(/2\d s behind/);
    await expect(page.getByText(`Watching at ${since}`)).toBeVisible();
    world.socket.stall(null);
    await expect(page.locator("[data-status=live]")).toBeVisible();
    await expect(page.getByText("Watching now")).toBeVisible();
  });

  test("takes the silence of a hanging collector for a stall", async ({ page, world }) => {
    await openMonitoring(page, world);
    world.socket.mute(true);
    await expect(page.locator("[data-status=stalled]")).toBeVisible();
  });

  test("keeps the last numbers through a lost connection and goes on where it was", async ({ page, world }) => {
    await openMonitoring(page, world);
    const tokens = world.socket.tokens.length;
    world.socket.cut(true);
    await expect(page.locator("[data-status=disconnected]")).toBeVisible();
    await expect(page.getByTestId("delay")).toContainText("Disconnected.");
    await expect(viewers(page)).toHaveText(/^\d\d,\d{3}$/);
    world.socket.cut(false);
    await expect(page.locator("[data-status=live]")).toBeVisible();
    const resumed = world.socket.subscriptions.at(-1);
    expect(resumed?.resume_from).toBeGreaterThan(Date.now() - 60_000);
    expect(new Set(world.socket.tokens).size).toBe(world.socket.tokens.length); // never the same token twice
    expect(world.socket.tokens.length).toBeGreaterThan(tokens);
  });

  test("renews the socket token in place", async ({ page, world }) => {
    world.api.set({ tokenLifetimeMs: 62_000 });
    await openMonitoring(page, world);
    const { subscriptions, tokens } = world.socket;
    const [asked, seen] = [subscriptions.length, tokens.length];
    await expect.poll(() => tokens.length).toBeGreaterThan(seen);
    expect(subscriptions.length).toBe(asked); // the same connection and subscription
  });
});

test.describe("the page", () => {
  test("moves the playhead by keyboard through the last half hour", async ({ page, world }) => {
    await openMonitoring(page, world);
    const chart = page.getByRole("slider");
    await chart.focus();
    await chart.press("PageDown");
    await expect(page.getByText(/^Watching at /)).toBeVisible();
    await expect(chart).toHaveAttribute("aria-valuetext", /^\d\d:\d\d:\d\d: [\d,]+ viewers, rebuffering /);
    await chart.press("Home");
    await expect(viewers(page)).toHaveText("0");
    await chart.press("Escape");
    await expect(page.getByText("Watching now")).toBeVisible();
  });

  test("shows the two lines of HTML when nobody watches", async ({ page, world }) => {
    world.socket.setEvening({ ...quietEvening(), viewers: 0 });
    await openMonitoring(page, world);
    await expect(page.getByTestId("snippet")).toContainText('beaconCollectionDomain: "localhost:3002"');
    await expect(page.getByTestId("snippet")).toContainText('env_key: "k7f3q9w2m5x8"');
    world.socket.setEvening(quietEvening());
    await expect(page.getByTestId("by-cdn")).toBeVisible();
  });

  test("does not move when the numbers arrive, nor while they change", async ({ page, world }) => {
    await openMonitoring(page, world);
    world.socket.mute(true);
    await page.addInitScript(() => {
      Object.assign(window, { shift: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          Object.assign(window, { shift: Reflect.get(window, "shift") + Reflect.get(entry, "value") });
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.reload();
    await expect(page.getByText("Watching now")).toBeVisible();
    world.socket.mute(false);
    await expect(viewers(page)).toBeVisible();
    await page.waitForTimeout(2_500); // several pushes
    expect(await page.evaluate(() => Reflect.get(window, "shift"))).toBeLessThan(0.01);
  });

  test("comes in the chosen colours from the first byte", async ({ page, world }) => {
    await openMonitoring(page, world);
    await page.getByRole("button", { name: "Colours" }).first().click();
    await page.getByRole("menuitem", { name: "Dark" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect
      .poll(async () => (await (await page.request.get(page.url())).text()).includes('data-theme="dark"'))
      .toBe(true);
  });

  test("breaks none of its own security rules", async ({ page, world }) => {
    const complaints: string[] = [];
    page.on("console", (line) => {
      if (line.type() === "error") complaints.push(line.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await openMonitoring(page, world);
    const headers = (await page.request.get(`${world.app.url}/sign-in`)).headers();
    expect(headers["content-security-policy"]).toMatch(
      /script-src 'self' 'nonce-[^']+' 'strict-dynamic';.*frame-ancestors 'none'/,
    );
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "same-origin" });
    expect(complaints).toEqual([]);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`can be read and heard, ${colorScheme}`, async ({ page, world }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const now = Date.now();
      world.socket.setEvening({ ...quietEvening(), incidents: [[now - 120_000, now + 600_000]] });
      await page.goto(`${world.app.url}/sign-in`);
      expect(await auditPage(page)).toEqual([]);
      await openMonitoring(page, world, "?not.country=FR");
      expect(await auditPage(page)).toEqual([]);
      world.socket.stall(now - 30_000);
      await page.locator("[data-status=stalled]").waitFor();
      expect(await auditPage(page)).toEqual([]);
    });
  }

  test("fits a phone", async ({ page, world }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await openMonitoring(page, world, "?cdn=fastly&video_title=Interview%3A+The+Last+Projectionist");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expect(page.getByRole("navigation").getByRole("link", { name: "Videos" })).toBeVisible();
    await expect(page.getByRole("button", { name: /^Environment Production/ })).toBeVisible();
  });
});

test("the program answers its internal port, and says when the server is away", async ({ request, world }) => {
  const ask = (path: string) => request.get(`${world.app.internalUrl}${path}`);
  expect((await ask("/healthz")).status()).toBe(200);
  expect((await ask("/readyz")).status()).toBe(200);
  expect(await (await ask("/metrics")).text()).toContain("playhead_app_requests_total");
  world.api.set({ down: true });
  expect((await ask("/readyz")).status()).toBe(503);
  expect((await ask("/healthz")).status()).toBe(200);
  for (const line of world.app.log) expect(() => JSON.parse(line)).not.toThrow();
});
