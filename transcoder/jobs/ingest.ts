import { z } from "zod";
import { APPLY_RESULT_TASK, type AssetResult, type IngestOutcome } from "../../domain/asset/outcome.ts";
import { type AssetRef, planKey, sourceKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { listedFirst } from "../../domain/media/rendition-order.ts";
import { Mp4Error } from "../../domain/mp4/mp4-error.ts";
import type { AllowList } from "../../domain/network/allow-list.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import type { ObjectMaker } from "../make/make-object.ts";
import { openSource } from "../source/open-source.ts";
import { planSource } from "../source/plan-source.ts";
import { assetFacts } from "./asset-facts.ts";
import { type Examined, examineSource } from "./examine-source.ts";
import { fetchInput } from "./fetch-input.ts";
import { MediaError } from "./media-error.ts";
import { progressOf } from "./progress.ts";
import { STANDARDISED, storeStandardised } from "./standardised-source.ts";

export interface IngestParts {
  db: Postgres;
  objects: Objects;
  tools: FfmpegTools;
  maker: Pick<ObjectMaker, "prefetch">;
  allow: AllowList;
  log: Logger;
}

/** Changes nothing of an asset that is gone, but makes the server remove what is stored for it. */
const DELETED: IngestOutcome = {
  kind: "errored",
  error: { type: "invalid_input", messages: ["The asset was deleted before it was ready."] },
};

const Payload = z.object({ environment: z.string(), assetId: z.string() });

type IngestedAsset = NonNullable<Awaited<ReturnType<typeof findAsset>>>;

/**
 * From bytes to something playable: fetch, look, standardise if need be, plan, tell the server. Each step finds what an
 * earlier attempt has stored, so a job that was killed goes on where it was. Nothing is encoded for a standard source.
 */
export function ingestTask(parts: IngestParts): JobTask {
  return async (payload, { signal, isLastAttempt }) => {
    const ref = Payload.parse(payload);
    const asset = await findAsset(parts.db, ref);
    if (asset === undefined || asset.status !== "preparing") return;
    if (!asset.active) return report(parts.db, ref, DELETED); // an earlier attempt may have stored something
    const outcome = await ingest(parts, ref, asset, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return failure(parts.log, ref, error, isLastAttempt);
    });
    await report(parts.db, ref, outcome);
  };
}

async function ingest(
  parts: IngestParts,
  ref: AssetRef,
  asset: IngestedAsset,
  signal: AbortSignal,
): Promise<IngestOutcome> {
  const { tools, objects, db } = parts;
  if (asset.input_url !== null && (await objects.head(sourceKey(ref, 1))) === null) {
    await fetchInput(objects, { url: asset.input_url, key: sourceKey(ref, 1), allow: parts.allow, signal });
  }
  const examined = await examineSource(tools, objects, ref, signal);
  const { needsStandardising, reasons } = examined.judgement;
  if (needsStandardising) {
    await report(db, ref, { kind: "non_standard", reasons });
    await standardiseOnce(parts, ref, examined, signal);
  }
  const sourceGeneration = needsStandardising ? STANDARDISED : 1;
  const source = await openSource(objects, ref, sourceGeneration);
  const plan = await planSource(objects, source, sourceGeneration, asset.max_resolution_tier);
  if (examined.facts.video !== null && plan.video.length === 0) {
    throw new MediaError("invalid_input", "The file is damaged: none of its pictures can be decoded.");
  }
  await objects.put(planKey({ ...ref, planId: plan.planId }), Buffer.from(JSON.stringify(plan)));
  makeFirst(parts.maker, ref, plan);
  const facts = assetFacts(plan, examined.facts, examined.container);
  const told = needsStandardising ? reasons : null;
  return { kind: "ready", planId: plan.planId, sourceGeneration, facts, reasons: told };
}

async function standardiseOnce(
  { tools, objects, db, log }: IngestParts,
  ref: AssetRef,
  examined: Examined,
  signal: AbortSignal,
): Promise<void> {
  if ((await objects.head(sourceKey(ref, STANDARDISED))) !== null) return;
  const progress = progressOf(db, ref, log);
  progress.set(0);
  await storeStandardised(tools, objects, ref, examined, progress.set, signal);
  await progress.settled();
}

/** What a player asks for first is made before anybody asks. */
function makeFirst(maker: IngestParts["maker"], { environment, assetId }: AssetRef, { planId, ...plan }: Plan): void {
  const first = listedFirst({ planId, ...plan });
  if (first === null) return;
  const ref = { environment, assetId, planId, rendition: first.name };
  maker.prefetch({ kind: "segment", segment: 0, ...ref });
  if (first.name !== plan.audio?.name && plan.audio !== null) {
    maker.prefetch({ kind: "segment", segment: 0, ...ref, rendition: plan.audio.name });
  }
}

/** A customer's file ends as errored; any other failure is ours and is tried again, until the last time. */
function failure(log: Logger, ref: AssetRef, error: unknown, isLastAttempt: boolean): IngestOutcome {
  const wrong = error instanceof Mp4Error ? new MediaError("invalid_input", `${error.message}.`) : error;
  if (wrong instanceof MediaError) {
    log.info({ err: wrong, ...ref }, "input cannot be played");
    return { kind: "errored", error: { type: wrong.type, messages: [wrong.message] } };
  }
  if (!isLastAttempt) throw wrong;
  log.error({ err: wrong, ...ref }, "ingest failed for good");
  const message = "The file could not be processed. Nothing may be wrong with it: create the asset again.";
  return { kind: "errored", error: { type: "invalid_input", messages: [message] } };
}

/** The last statement of the job, and the only one by which it changes the asset. */
async function report(db: Postgres, { environment, assetId }: AssetRef, outcome: IngestOutcome): Promise<void> {
  const payload: AssetResult = { environment, assetId, outcome };
  await addJob(db, { task: APPLY_RESULT_TASK, payload, key: `${APPLY_RESULT_TASK}:${assetId}:${outcome.kind}` });
}

function findAsset(db: Postgres, { environment, assetId }: AssetRef) {
  return db
    .selectFrom("transcoder_assets")
    .selectAll()
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .executeTakeFirst();
}
