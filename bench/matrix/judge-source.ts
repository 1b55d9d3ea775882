import { sourceKey } from "../../domain/media/object-keys.ts";
import { type AudioRendition, type Plan, planSeconds } from "../../domain/media/plan.ts";
import { REFUSALS, type Refusal } from "../../domain/media/refusals.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import { storedPlan } from "../encode/watched-film.ts";
import { type UploadedAsset, untilEnded, uploadFile } from "../ready/upload.ts";
import type { VideoStack } from "../stack/video-stack.ts";
import { decodeRenditionSound, decodeSourceSound, firstSoundSeconds } from "./decode-sound.ts";
import { judgePictures, judgeSpans } from "./judge-pictures.ts";
import { type SimilarityLoss, similarityLoss } from "./judge-similarity.ts";
import { soundOffsets } from "./judge-sound.ts";
import { mediaPlaylists, type PlayedRendition, playRendition, readMultivariant } from "./played-rendition.ts";
import type { ExpectedReady, Family, MatrixSource } from "./source.ts";
import { pictureTimes, readSourcePictures, type SourcePictures } from "./source-pictures.ts";

/** What became of one file, and what is wrong with it. */
export interface Judged {
  name: string;
  family: Family;
  status: "ready" | "errored" | "missing";
  /** What it took in all, of the machine as it was. */
  seconds: number;
  renditions: number;
  pictures: number;
  /** Of all pictures shown, those at which one too early or too late would have been seen. */
  told: number;
  worstTimeMs: number;
  losses: SimilarityLoss[];
  offsetsMs: number[];
  complaints: string[];
}

type Stack = Pick<VideoStack, "api" | "stream" | "authorization" | "objectsDir">;

/** Most that a rendition may be worse than one continuous encode with the same settings. */
const MAX_LOSS = 0.001;
/**
 * The same for pictures around joins, in the mean of all and at the worst. A mean bitrate, which pulses, costs 0.02 there
 * (docs/decisions/encoding.md).
 */
const LIMITS = { whole: MAX_LOSS, atJoins: 0.005, worstJoin: 0.008 } as const;
/** Most that we may move the sound against the picture. */
const MAX_OFFSET_MS = 5;
const PATIENCE_MS = 600_000;
/** Longer films are looked at in spans of some segments, at start, middle and end. */
const LONG_SECONDS = 600;
const SPAN_SEGMENTS = 3;

/** Takes a file in as a customer does, plays every rendition to its end, and holds it against the file. Never rejects. */
export async function judgeSource(stack: Stack, source: MatrixSource, folder: string): Promise<Judged> {
  const startedMs = performance.now();
  const { name, family } = source;
  const figures = { renditions: 0, pictures: 0, told: 0, worstTimeMs: 0, losses: [], offsetsMs: [], complaints: [] };
  const judged: Judged = { name, family, status: "missing", seconds: 0, ...figures };
  try {
    const file = await source.provide(folder);
    if (file === null) judged.complaints.push("the file cannot be had on this machine");
    else await judgeFile(stack, source, file, folder, judged);
  } catch (error) {
    judged.complaints.push(error instanceof Error ? error.message.slice(0, 600) : String(error));
  }
  return { ...judged, seconds: (performance.now() - startedMs) / 1_000 };
}

async function judgeFile(
  stack: Stack,
  { expected }: MatrixSource,
  file: string,
  folder: string,
  judged: Judged,
): Promise<void> {
  const { uploadId } = await uploadFile(stack, file, { video_quality: "plus" });
  const asset = await untilEnded(stack, uploadId, PATIENCE_MS);
  judged.status = asset.status === "ready" ? "ready" : "errored";
  const told = asset.errors?.messages.join(" ") ?? "";
  if (expected.status === "errored") {
    const because = REFUSALS[expected.because as Refusal] ?? expected.because;
    if (asset.status === "ready") judged.complaints.push("it is ready");
    else if (told !== because) judged.complaints.push(`it is told: ${told}`);
    return;
  }
  if (asset.status === "errored") judged.complaints.push(`it is errored: ${told}`);
  else await judgeReady(stack, expected, asset, file, folder, judged);
}

async function judgeReady(
  stack: Stack,
  expected: ExpectedReady,
  asset: UploadedAsset,
  file: string,
  folder: string,
  judged: Judged,
): Promise<void> {
  const [wanted, told] = [expected.reasons ?? {}, asset.non_standard_input_reasons ?? {}].map(inOrder);
  if (wanted !== told) judged.complaints.push(`its reasons are ${told}, not ${wanted}`);
  const url = `${stack.stream}/${asset.playback_ids?.[0]?.id}.m3u8`;
  const multivariant = await readMultivariant(url);
  const objects = openFolderObjects(stack.objectsDir);
  const { ref, plan } = await storedPlan(objects, asset.id, multivariant);
  const isLong = planSeconds(plan) > LONG_SECONDS;
  const playlists = mediaPlaylists(multivariant, url);
  const play = async (rendition: string, isWhole: boolean): Promise<PlayedRendition> => {
    const playlist = playlists.get(rendition);
    if (playlist === undefined) throw new Error(`no playlist of ${rendition} is listed`);
    return playRendition(rendition, playlist, folder, isWhole ? undefined : isInSpan);
  };
  judged.renditions = plan.video.length + plan.audio.length;
  const pictures = await readSourcePictures(file, expected.pictures, isLong);
  await objects.localCopy(sourceKey(ref, plan.sourceGeneration), (cutFrom) =>
    judgeVideo({ plan, pictures, expected, file, cutFrom, folder, isLong, play }, judged),
  );
  const startSeconds = plan.video.length > 0 ? pictures.firstSeconds : await firstSoundSeconds(file);
  await judgeSounds(plan, expected, file, startSeconds, (name) => play(name, true), judged);
}

interface VideoToJudge {
  plan: Plan;
  pictures: SourcePictures;
  expected: ExpectedReady;
  file: string;
  /** What the plan is cut from: the file, or what was made of it. */
  cutFrom: string;
  folder: string;
  isLong: boolean;
  play(rendition: string, isWhole: boolean): Promise<PlayedRendition>;
}

async function judgeVideo(
  { plan, pictures, expected, file, cutFrom, folder, isLong, play }: VideoToJudge,
  judged: Judged,
): Promise<void> {
  const { pictures: kind } = expected;
  if ((kind === "none") !== (plan.video.length === 0))
    judged.complaints.push(`it has ${plan.video.length} renditions of pictures`);
  const ownFirst = plan.sourceGeneration === 1 || isLong ? pictures.firstSeconds : (await pictureTimes(cutFrom))[0];
  const source = { file: cutFrom, firstSeconds: ownFirst ?? 0 };
  for (const rendition of plan.video) {
    const played = await play(rendition.name, !isLong);
    const found = isLong ? await judgeSpans(file, pictures, played) : await judgePictures(kind, pictures, played);
    judged.complaints.push(...found.complaints);
    judged.pictures += found.pictures;
    judged.told += found.told;
    judged.worstTimeMs = Math.max(judged.worstTimeMs, found.worstMs);
    if (rendition.kind === "copied" || isLong) continue;
    const loss = await similarityLoss(source, plan, rendition, played, folder);
    judged.losses.push(loss);
    judged.complaints.push(...lossComplaints(rendition.name, loss));
  }
}

function lossComplaints(rendition: string, loss: SimilarityLoss): string[] {
  const places = { whole: "than one continuous encode", atJoins: "around its joins", worstJoin: "at a join" };
  const broken = (["whole", "atJoins", "worstJoin"] as const).filter((place) => loss[place] > LIMITS[place]);
  return broken.map((place) => `${rendition} is worse ${places[place]}: ${loss[place].toFixed(4)} of similarity`);
}

async function judgeSounds(
  plan: Plan,
  expected: ExpectedReady,
  file: string,
  startSeconds: number,
  play: (rendition: string) => Promise<PlayedRendition>,
  judged: Judged,
): Promise<void> {
  const sounds = plan.audio.filter(({ group }) => group === "main");
  if (sounds.length !== expected.sounds) judged.complaints.push(`it has ${sounds.length} sounds`);
  for (const rendition of plan.audio) {
    const source = await decodeSourceSound(file, placeOf(rendition, sounds), startSeconds);
    const found = soundOffsets(source, await decodeRenditionSound(await play(rendition.name)));
    if (found.length === 0 && !expected.isSilent) judged.complaints.push("its source has nothing to hear");
    for (const { atSeconds, offsetMs } of found) {
      const at = `${rendition.name}: the sound at ${atSeconds.toFixed(2)} s`;
      if (offsetMs === null) judged.complaints.push(`${at} is not heard there`);
      else judged.offsetsMs.push(offsetMs);
      if (offsetMs !== null && Math.abs(offsetMs) > MAX_OFFSET_MS + (expected.leftOutMs ?? 0))
        judged.complaints.push(`${at} is ${offsetMs.toFixed(1)} ms late`);
    }
  }
}

/** Of a sound among those of the file; what it is down-mixed from has its name. */
function placeOf({ label }: AudioRendition, sounds: readonly AudioRendition[]): number {
  return Math.max(
    0,
    sounds.findIndex((one) => one.label === label),
  );
}

function isInSpan(segment: number, count: number): boolean {
  const middle = count >> 1;
  const isInMiddle = segment >= middle && segment < middle + SPAN_SEGMENTS;
  return segment < SPAN_SEGMENTS || isInMiddle || segment >= count - SPAN_SEGMENTS;
}

function inOrder(reasons: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(reasons).sort()));
}
