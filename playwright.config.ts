import { defineConfig } from "@playwright/test";

/**
 * Browser tests. `ui`: the app alone, against a fake server and a fake collector. `system`: all of `npm start`. `players`: players
 * and uploaders on server, delivery and transcoder alone.
 */
export default defineConfig({
  testDir: "playwright",
  outputDir: "test-results",
  workers: 1, // two cores, and each project starts programs of its own
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    locale: "en-GB",
    timezoneId: "Europe/Vienna",
    launchOptions: {
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-background-networking"],
    },
  },
  projects: [
    { name: "ui", testMatch: "*-ui.spec.ts" },
    { name: "system", testMatch: ["first-*.spec.ts", "mux-player.spec.ts", "usage.spec.ts"] },
    { name: "players", testMatch: ["players.spec.ts", "uploaders.spec.ts"] },
  ],
});
