import { INGEST_TASK, type IngestOutcome, queuedStep, STANDARDISE_TASK } from "../../domain/asset/outcome.ts";
import { type AssetRef, planKey, sourceKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { listedFirst } from "../../domain/media/rendition-order.ts";
import { TEST_SECONDS } from "../../domain/media/shown-part.ts";
import { shownSize } from "../../domain/media/source-facts.ts";
import type { AllowList } from "../../domain/network/allow-list.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Objects, ResumableObjects } from "../../platform/objects/objects.ts";
import { canDecode } from "../encode/can-decode.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import type { ObjectMaker } from "../make/make-object.ts";
import { fetchOverlays, storeOverlays, storeTestMark } from "../overlays/store-overlays.ts";
import { openSource, type Source, sourceUntil } from "../source/open-source.ts";
import { planSource } from "../source/plan-source.ts";
import { soundsOf } from "../source/sound-source.ts";
import { asLoudAsAsked } from "./asked-loudness.ts";
import { assetFacts } from "./asset-facts.ts";
import { type AssetJobParts, assetJob, type IngestedAsset, report } from "./asset-job.ts";
import { checkDecodingSoon, requireCopiedSound } from "./check-decoding.ts";
import { type Examined, examineSource } from "./examine-source.ts";
import { fetchInput } from "./fetch-input.ts";
import { fillSoon } from "./fill.ts";
import { refused } from "./media-error.ts";
import { pictureSettings } from "./picture-settings.ts";
import { planWishes } from "./plan-wishes.ts";
import { progressOf } from "./progress.ts";
import { STANDARDISED, storeStandardised } from "./standardised-source.ts";

export interface IngestParts extends AssetJobParts {
  objects: ResumableObjects;
  tools: FfmpegTools;
  maker: Pick<ObjectMaker, "prefetch">;
  /** Whether segments that nobody has asked for are made too, when there is time. */
  isFilling?: boolean;
  allow: AllowList;
}

/** The first step of what comes by URL, be it the media or what is burnt in: its bytes. */
export function fetchTask(parts: IngestParts): JobTask {
  return assetJob(parts, async (ref, asset, signal) => {
    const key = sourceKey(ref, 1);
    if (asset.input_url !== null && (await parts.objects.head(key)) === null) {
      await fetchInput(parts.objects, { url: asset.input_url, ref, allow: parts.allow, signal });
    }
    const { overlays } = await pictureSettings(parts.db, ref);
    await fetchOverlays(parts, ref, overlays, signal);
    await addJob(parts.db, { ...queuedStep(INGEST_TASK, ref), payload: ref, key: `${INGEST_TASK}:${ref.assetId}` });
    return null;
  });
}

/**
 * From stored bytes to something playable: look, plan, tell the server; a second. What has to be standardised first is left to
 * a job of its own. Each step finds what an earlier attempt has stored, so a job that was killed goes on where it was.
 */
export function ingestTask(parts: IngestParts): JobTask {
  return assetJob(parts, async (ref, asset, signal) => {
    const { db, objects, tools } = parts;
    const examined = await examineSource(tools, objects, ref, signal);
    const { needsStandardising, reasons } = examined.judgement;
    if (!needsStandardising) return planned(parts, ref, asset, examined, signal);
    await report(db, ref, { kind: "non_standard", reasons });
    const key = `${STANDARDISE_TASK}:${ref.assetId}`;
    await addJob(db, { task: STANDARDISE_TASK, payload: ref, key, queue: `standardise:${ref.environment}` });
    await checkDecodingSoon(db, ref, examined);
    return null;
  });
}

/** Makes a source that can be cut of one that cannot; takes a share of its length. */
export function standardiseTask(parts: IngestParts): JobTask {
  return assetJob(parts, async (ref, asset, signal) => {
    const examined = await examineSource(parts.tools, parts.objects, ref, signal);
    await standardiseOnce(parts, ref, examined, signal);
    return planned(parts, ref, asset, examined, signal);
  });
}

async function planned(
  parts: IngestParts,
  ref: AssetRef,
  asset: IngestedAsset,
  examined: Examined,
  signal: AbortSignal,
): Promise<IngestOutcome> {
  await requireCopiedSound(parts, ref, examined, signal);
  const { facts, judgement, container } = examined;
  const { db, objects, tools, maker, isFilling = false } = parts;
  const wishes = planWishes({ facts, judgement }, asset.video_quality);
  const sourceGeneration = judgement.needsStandardising ? STANDARDISED : 1;
  const { isTest, overlays } = await pictureSettings(db, ref);
  const opened = await openSource(objects, ref, sourceGeneration);
  const source = isTest ? sourceUntil(opened, TEST_SECONDS) : opened;
  const { video } = facts;
  const images = video === null ? [] : await storeOverlays(parts, ref, overlays, shownSize(video), signal);
  if (isTest && video !== null) images.push(await storeTestMark(parts, ref, signal));
  const found = soundsOf(source, facts.sounds, judgement.needsStandardising);
  const sounds = await asLoudAsAsked(parts, ref, source.key, found, signal);
  const plan = await planSource(objects, source, sourceGeneration, asset.max_resolution_tier, {
    ...{ ...wishes, sounds, overlays: images },
    ...(isTest && { test: { shownSeconds: TEST_SECONDS } }),
  });
  if (facts.video !== null && !(await showsPictures(tools, objects, source, plan, signal))) {
    throw refused("no_pictures");
  }
  await objects.put(planKey({ ...ref, planId: plan.planId }), Buffer.from(JSON.stringify(plan)));
  makeFirst(maker, ref, plan);
  if (isFilling) await fillSoon(db, { ...ref, planId: plan.planId });
  const reasons = Object.keys(judgement.reasons).length > 0 ? judgement.reasons : null;
  const told = assetFacts(plan, facts, container);
  return { kind: "ready", planId: plan.planId, sourceGeneration, facts: told, reasons };
}

/** What is copied as H.264 has been looked at by its plan. */
async function showsPictures(
  tools: FfmpegTools,
  objects: Objects,
  { picture, ...source }: Source,
  plan: Plan,
  signal: AbortSignal,
): Promise<boolean> {
  const [top] = plan.video;
  if (top === undefined || picture === null) return false;
  const isLookedAt = top.kind === "copied" && top.codecs.startsWith("avc1");
  return isLookedAt || canDecode(tools, objects, { ...source, picture }, signal);
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
  const [sound] = plan.audio;
  if (sound !== undefined && first.name !== sound.name) {
    maker.prefetch({ kind: "segment", segment: 0, ...ref, rendition: sound.name });
  }
}
