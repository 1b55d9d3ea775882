import { defineConfig } from "vitest/config";

/** Files share the modules they load: to load them anew for each takes longer than to run it. No test replaces a module. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{domain,platform,server,collector,delivery,transcoder,scripts,app,bench}/**/*.test.ts"],
          exclude: ["**/*.int.test.ts", "**/node_modules/**"],
          environment: "node",
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "integration",
          include: ["{domain,platform,server,collector,delivery,transcoder,scripts,app,bench}/**/*.int.test.ts"],
          environment: "node",
          pool: "forks",
          isolate: false,
          globalSetup: ["platform/eventlog/kafka/testing/setup.ts"],
          maxWorkers: 3, // engines that start, stop and are waited for leave half of a machine idle
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
