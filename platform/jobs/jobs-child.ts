import { createLogger } from "../observability/logger.ts";
import { createMetrics } from "../observability/metrics.ts";
import { startJobWorker } from "./worker.ts";

/** The process that worker.int.test.ts kills while it has a job. */
startJobWorker({
  url: process.argv[2] ?? "",
  name: "test-child",
  concurrency: 1,
  log: createLogger("test", "silent"),
  metrics: createMetrics("test"),
  tasks: {
    long: async () => {
      process.stdout.write("taken\n");
      await new Promise(() => {});
    },
  },
});
