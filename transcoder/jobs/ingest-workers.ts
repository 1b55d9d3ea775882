import { MAKE_MASTER_TASK } from "../../domain/asset/master.ts";
import { CLIP_TASK, FETCH_TASK, FILL_TASK, INGEST_TASK, STANDARDISE_TASK } from "../../domain/asset/outcome.ts";
import { MAKE_STATIC_TASK } from "../../domain/asset/static-renditions.ts";
import { READ_SOUND_TASK, SOUNDS_PER_ENVIRONMENT } from "../../domain/asset/text-track.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import { type JobWorkerOptions, startJobWorker } from "../../platform/jobs/worker.ts";
import { readSoundTask, type SoundTrackParts } from "../sounds/read-sound-track.ts";
import { CHECK_DECODING_TASK, checkDecodingTask } from "./check-decoding.ts";
import { type ClipJobParts, clipTask } from "./clip.ts";
import { type FillJobParts, fillTask } from "./fill.ts";
import { fetchTask, type IngestParts, ingestTask, standardiseTask } from "./ingest.ts";
import { type MasterJobParts, masterTask } from "./master.ts";
import { type StaticJobParts, staticRenditionTask } from "./static-rendition.ts";

/** Inputs that are fetched at the same time: they wait for other people's hosts. */
const FETCHES = 16;
/** Clips that are cut at the same time, which moves gigabytes; of one environment there is one at most. */
const CLIPS = 2;
/** Files that are looked at at the same time: each takes a fraction of a second, unless its sound is measured: 9 s of an hour. */
const INGESTS = 4;
/** Files that are converted at the same time; of one environment there is one at most. */
const CONVERSIONS = 2;
/** Files that are looked into at the same time while they wait for their conversion: 20 s each at most, mostly 0.2 s. */
const CHECKS = 4;
/** Static renditions that are made at the same time; of one environment there is one at most. */
const FILES = 2;
/** Masters that are written at the same time; of one environment there is one at most. */
const MASTERS = 2;
/** Further sounds that are fetched and, if need be, made into an MP4 at the same time: a host may take hours over one. */
const SOUNDS = 4 * SOUNDS_PER_ENVIRONMENT;

type WorkerOptions = Omit<JobWorkerOptions, "tasks" | "concurrency">;

/** The steps of taking an asset in, with places of their own: none keeps another waiting. */
export function startIngestWorkers(
  parts: IngestParts & ClipJobParts & StaticJobParts & MasterJobParts & SoundTrackParts,
  options: WorkerOptions,
): { close(): Promise<void> } {
  return startEach(options, [
    [FETCHES, { [FETCH_TASK]: fetchTask(parts) }],
    [CLIPS, { [CLIP_TASK]: clipTask(parts) }],
    [INGESTS, { [INGEST_TASK]: ingestTask(parts) }],
    [CHECKS, { [CHECK_DECODING_TASK]: checkDecodingTask(parts) }],
    [CONVERSIONS, { [STANDARDISE_TASK]: standardiseTask(parts) }],
    [FILES, { [MAKE_STATIC_TASK]: staticRenditionTask(parts) }],
    [SOUNDS, { [READ_SOUND_TASK]: readSoundTask(parts) }],
    [MASTERS, { [MAKE_MASTER_TASK]: masterTask(parts) }],
  ]);
}

/** @param assetsAtOnce that are filled in at the same time */
export function startFillWorker(
  parts: FillJobParts,
  assetsAtOnce: number,
  options: WorkerOptions,
): { close(): Promise<void> } {
  return startEach(options, [[assetsAtOnce, { [FILL_TASK]: fillTask(parts) }]]);
}

function startEach(options: WorkerOptions, kinds: readonly [number, Record<string, JobTask>][]) {
  const workers = kinds.map(([concurrency, tasks]) => startJobWorker({ ...options, concurrency, tasks }));
  return {
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
