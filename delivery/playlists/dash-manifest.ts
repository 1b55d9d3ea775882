import type { Clip } from "../../domain/media/clip.ts";
import { type ListedSegment, listedSegments } from "../../domain/media/listed-segments.ts";
import { type AudioRendition, type Plan, renditionBoundaries, type VideoRendition } from "../../domain/media/plan.ts";
import { promisedRates } from "../../domain/media/promised-rates.ts";
import { withinLimits } from "../../domain/media/resolution-class.ts";
import { trickRendition } from "../../domain/media/trick-rendition.ts";
import { mediaPath, mediaType } from "../route.ts";
import { dashTexts } from "./dash-texts.ts";
import { escapeXml } from "./escape-xml.ts";
import type { ManifestParams } from "./manifest-params.ts";
import type { MultivariantFacts } from "./multivariant.ts";
import { shownSpan } from "./shown-span.ts";

export type DashFacts = Omit<MultivariantFacts, "hasTitle">;

/** ISO/IEC 23009-1 §8.4: segments by template and timeline. */
const PROFILE = "urn:mpeg:dash:profile:isoff-live:2011";
const MIN_BUFFER_SECONDS = 2;
/** DASH-IF IOP §3.2.9: pictures to be shown instead of another set's when somebody scrubs. */
const TRICK_MODE = "http://dashif.org/guidelines/trickmode";
const ROLE = "urn:mpeg:dash:role:2011";
const CHANNELS = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011";
/** Numbers of sets are their places, from 1. */
const VIDEO_SET = 1;

/** A set of renditions that are cut at the same times. */
interface AdaptationSet {
  renditions: readonly (VideoRendition | AudioRendition)[];
  /** Attributes beside those that all sets have. */
  attributes: readonly string[];
  /** Descriptors, before the segments. */
  descriptors: readonly string[];
}

/**
 * A static DASH manifest (ISO/IEC 23009-1) over the init segments and segments of HLS, their times exact. With several bases
 * it names all of them, whether redundant streams are wanted or not: that is how players of DASH change the CDN.
 */
export function dashManifest(facts: DashFacts, params: ManifestParams): string {
  const { plan, bases } = facts;
  const { clip } = params;
  const { startSeconds, endSeconds } = shownSpan(plan, clip);
  const sets = adaptationSets(plan, params).map((set, at) => adaptationSet(facts, clip, startSeconds, set, at + 1));
  const seconds = (endSeconds - startSeconds).toFixed(6);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="${PROFILE}" type="static" minBufferTime="PT${MIN_BUFFER_SECONDS}S" mediaPresentationDuration="PT${seconds}S">`,
    ...bases.filter((base) => base !== "").map((base) => `  <BaseURL>${escapeXml(base)}</BaseURL>`),
    `  <Period id="0" start="PT0S" duration="PT${seconds}S">`,
    ...sets.flat(),
    ...dashTexts(facts, params, sets.length + 1),
    "  </Period>",
    "</MPD>",
  ];
  return `${lines.join("\n")}\n`;
}

function adaptationSets(plan: Plan, { limits, clip }: ManifestParams): AdaptationSet[] {
  const video = withinLimits(plan.video, limits);
  const trick = trickRendition(plan);
  const sets: AdaptationSet[] = [];
  if (video.length > 0) sets.push({ renditions: video, attributes: [], descriptors: [] });
  for (const [at, audio] of plan.audio.entries()) {
    if (listedSegments(plan, audio, clip).length > 0) sets.push(audioSet(audio, at));
  }
  if (trick !== null) {
    const instead = `<EssentialProperty schemeIdUri="${TRICK_MODE}" value="${VIDEO_SET}"/>`;
    sets.push({ renditions: [trick], attributes: ['codingDependency="false"'], descriptors: [instead] });
  }
  return sets;
}

function audioSet(audio: AudioRendition, at: number): AdaptationSet {
  return {
    renditions: [audio],
    attributes: [`lang="${escapeXml(audio.language ?? "und")}"`],
    descriptors: [
      `<AudioChannelConfiguration schemeIdUri="${CHANNELS}" value="${audio.channels}"/>`,
      `<Label>${escapeXml(audio.label)}</Label>`,
      `<Role schemeIdUri="${ROLE}" value="${at === 0 ? "main" : "alternate"}"/>`,
    ],
  };
}

function adaptationSet(facts: DashFacts, clip: Clip, startSeconds: number, set: AdaptationSet, id: number): string[] {
  const { plan, playbackId, grant } = facts;
  const { renditions, attributes, descriptors } = set;
  const [first] = renditions;
  if (first === undefined) return [];
  const common = [
    `id="${id}"`,
    `contentType="${"channels" in first ? "audio" : "video"}"`,
    `mimeType="${mediaType(first.name)}"`,
    'segmentAlignment="true"',
    'startWithSAP="1"',
    ...attributes,
  ];
  const folder = `${playbackId}/${mediaPath(grant, plan.planId, "$RepresentationID$")}`;
  return [
    `    <AdaptationSet ${common.join(" ")}>`,
    ...descriptors.map((descriptor) => `      ${descriptor}`),
    ...segmentTemplate(plan, first, clip, startSeconds, folder),
    ...renditions.map((rendition) => `      ${representation(rendition, promisedRates(plan, rendition, clip).peak)}`),
    "    </AdaptationSet>",
  ];
}

/** Times stay the media's own; `presentationTimeOffset` says which of them is the period's begin. */
function segmentTemplate(
  plan: Plan,
  rendition: VideoRendition | AudioRendition,
  clip: Clip,
  startSeconds: number,
  folder: string,
): string[] {
  const { timescale } = renditionBoundaries(plan, rendition);
  const segments = listedSegments(plan, rendition, clip);
  const attributes = [
    `timescale="${timescale}"`,
    `presentationTimeOffset="${Math.round(startSeconds * timescale)}"`,
    `startNumber="${segments[0]?.segment ?? 0}"`,
    `initialization="${folder}/init.mp4"`,
    `media="${folder}/$Number$.m4s"`,
  ];
  return [
    `      <SegmentTemplate ${attributes.join(" ")}>`,
    "        <SegmentTimeline>",
    ...timeline(segments).map((s) => `          ${s}`),
    "        </SegmentTimeline>",
    "      </SegmentTemplate>",
  ];
}

/** Neighbours of equal length are one entry (§5.3.9.6). */
function timeline(segments: readonly ListedSegment[]): string[] {
  const runs: { start: number; length: number; repeat: number }[] = [];
  for (const [at, { segment, start, end }] of segments.entries()) {
    if (segment !== (segments[0]?.segment ?? 0) + at) throw new Error("a rendition has a hole between its segments");
    const last = runs.at(-1);
    if (last?.length === end - start) last.repeat += 1;
    else runs.push({ start, length: end - start, repeat: 0 });
  }
  return runs.map(
    ({ start, length, repeat }) => `<S t="${start}" d="${length}"${repeat > 0 ? ` r="${repeat}"` : ""}/>`,
  );
}

function representation(rendition: VideoRendition | AudioRendition, bandwidth: number): string {
  const attributes = [`id="${rendition.name}"`, `bandwidth="${bandwidth}"`, `codecs="${rendition.codecs}"`];
  if ("channels" in rendition) attributes.push(`audioSamplingRate="${rendition.sampleRate}"`);
  else {
    attributes.push(`width="${rendition.widthPx}"`, `height="${rendition.heightPx}"`, 'sar="1:1"');
    if (rendition.frameRate > 0) attributes.push(`frameRate="${Math.round(rendition.frameRate * 1_000)}/1000"`);
  }
  return `<Representation ${attributes.join(" ")}/>`;
}
