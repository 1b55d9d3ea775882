import { READ_TEXT_TASK } from "../../domain/asset/text-track.ts";
import { type JobWorkerOptions, startJobWorker } from "../../platform/jobs/worker.ts";
import { type CaptionParts, readTextTask } from "./read-text-track.ts";

/** Texts that are fetched at the same time: they wait for other people's hosts. */
const TEXTS = 8;

/** The jobs of text tracks, with places of their own: no asset waits for captions. */
export function startCaptionWorkers(
  parts: CaptionParts,
  options: Omit<JobWorkerOptions, "tasks" | "concurrency">,
): { close(): Promise<void> } {
  return startJobWorker({ ...options, concurrency: TEXTS, tasks: { [READ_TEXT_TASK]: readTextTask(parts) } });
}
