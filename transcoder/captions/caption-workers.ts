import { READ_EMBEDDED_TASK, READ_TEXT_TASK, TRANSCRIBE_TASK } from "../../domain/asset/text-track.ts";
import { type JobWorkerOptions, startJobWorker } from "../../platform/jobs/worker.ts";
import { type TranscribeParts, transcribeTask } from "../speech/transcribe.ts";
import { readEmbeddedTask } from "./read-embedded.ts";
import { type CaptionParts, readTextTask } from "./read-text-track.ts";

/** Texts that are fetched at the same time: they wait for other people's hosts. */
const TEXTS = 8;
/** Films that are read through at the same time: nobody waits for it, and others need the disk. */
const FILMS = 1;
/** Sounds that are written down at the same time: each takes a place that nobody waits for. */
const SPEECHES = 1;

/** The jobs of text tracks, with places of their own: no asset waits for captions. */
export function startCaptionWorkers(
  parts: CaptionParts & TranscribeParts,
  options: Omit<JobWorkerOptions, "tasks" | "concurrency">,
): { close(): Promise<void> } {
  const workers = [
    startJobWorker({ ...options, concurrency: TEXTS, tasks: { [READ_TEXT_TASK]: readTextTask(parts) } }),
    startJobWorker({ ...options, concurrency: FILMS, tasks: { [READ_EMBEDDED_TASK]: readEmbeddedTask(parts) } }),
    startJobWorker({ ...options, concurrency: SPEECHES, tasks: { [TRANSCRIBE_TASK]: transcribeTask(parts) } }),
  ];
  return {
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
