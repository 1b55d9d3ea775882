import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{domain,platform,server,collector,delivery,transcoder,scripts,app,bench}/**/*.test.ts"],
          exclude: ["**/*.int.test.ts", "**/node_modules/**"],
          environment: "node",
        },
      },
      {
        test: {
          name: "integration",
          include: ["{domain,platform,server,collector,delivery,transcoder,scripts,app,bench}/**/*.int.test.ts"],
          environment: "node",
          pool: "forks",
          globalSetup: ["platform/eventlog/kafka/testing/setup.ts"],
          maxWorkers: 2, // engines that start, stop and are waited for leave half of a machine idle
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
