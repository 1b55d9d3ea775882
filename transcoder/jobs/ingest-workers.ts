import { FETCH_TASK, INGEST_TASK, STANDARDISE_TASK } from "../../domain/asset/outcome.ts";
import { MAKE_STATIC_TASK } from "../../domain/asset/static-renditions.ts";
import { type JobWorkerOptions, startJobWorker } from "../../platform/jobs/worker.ts";
import { fetchTask, type IngestParts, ingestTask, standardiseTask } from "./ingest.ts";
import { type StaticJobParts, staticRenditionTask } from "./static-rendition.ts";

/** Inputs that are fetched at the same time: they wait for other people's hosts. */
const FETCHES = 16;
/** Files that are looked at at the same time: each takes a fraction of a second. */
const INGESTS = 4;
/** Files that are converted at the same time; of one environment there is one at most. */
const CONVERSIONS = 2;

/** Static renditions that are made at the same time; of one environment there is one at most. */
const FILES = 2;

/** The steps of taking an asset in, with places of their own: none keeps another waiting. */
export function startIngestWorkers(
  parts: IngestParts & StaticJobParts,
  options: Omit<JobWorkerOptions, "tasks" | "concurrency">,
): { close(): Promise<void> } {
  const workers = [
    startJobWorker({ ...options, concurrency: FETCHES, tasks: { [FETCH_TASK]: fetchTask(parts) } }),
    startJobWorker({ ...options, concurrency: INGESTS, tasks: { [INGEST_TASK]: ingestTask(parts) } }),
    startJobWorker({ ...options, concurrency: CONVERSIONS, tasks: { [STANDARDISE_TASK]: standardiseTask(parts) } }),
    startJobWorker({ ...options, concurrency: FILES, tasks: { [MAKE_STATIC_TASK]: staticRenditionTask(parts) } }),
  ];
  return {
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
