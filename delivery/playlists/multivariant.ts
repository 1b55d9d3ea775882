import { listedSegments } from "../../domain/media/listed-segments.ts";
import type { AudioRendition, HdrTransfer, Plan, VideoRendition } from "../../domain/media/plan.ts";
import { type PromisedRates, promisedRates } from "../../domain/media/promised-rates.ts";
import { inStartOrder } from "../../domain/media/rendition-order.ts";
import { withinLimits } from "../../domain/media/resolution-class.ts";
import { trickRendition } from "../../domain/media/trick-rendition.ts";
import { mediaPlaylistPath } from "../route.ts";
import { clipQuery } from "./clip-query.ts";
import { IMAGES, imageStream } from "./image-playlist.ts";
import type { ManifestParams } from "./manifest-params.ts";

export interface MultivariantFacts {
  playbackId: string;
  grant: string;
  plan: Plan;
  /** Whether `metadata.json` says anything. */
  hasTitle: boolean;
  /**
   * What goes before the paths of children, the best first: `""` makes them relative to the playlist, anything else is an
   * absolute URL that ends with `/`, of a CDN that answers the same paths. At least one.
   */
  bases: readonly string[];
}

/** What a clip has: all renditions of the picture and the sounds that are heard in it. */
interface Shown {
  video: readonly VideoRendition[];
  audio: readonly AudioRendition[];
}

/**
 * The playlist of renditions (draft-pantos-hls-rfc8216bis §4.4.6). Every rendition is listed once, from the first base, or
 * once from each of them where redundant streams are wanted: all of the first, then all of the second.
 */
export function multivariantPlaylist(facts: MultivariantFacts, params: ManifestParams): string {
  const lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"];
  const [first = ""] = facts.bases;
  // §4.4.6.4; players fetch the title from there (reference video-api.md §8.5).
  if (facts.hasTitle) {
    const uri = `${first}${facts.playbackId}/metadata.json`;
    lines.push(`#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="${uri}"`);
  }
  const shown = shownIn(facts.plan, params);
  const bases = params.isRedundant ? facts.bases : [first];
  for (const [at, base] of bases.entries()) lines.push(...streams(facts, params, shown, { at, base }));
  return `${lines.join("\n")}\n`;
}

function shownIn(plan: Plan, { limits, order, clip }: ManifestParams): Shown {
  const isHeard = (audio: AudioRendition): boolean => listedSegments(plan, audio, clip).length > 0;
  const video = withinLimits(plan.video, limits);
  return { video: order === "desc" ? video : inStartOrder(video), audio: plan.audio.filter(isHeard) };
}

/** @param from one of the bases, and its place among them */
function streams(
  { playbackId, grant, plan }: MultivariantFacts,
  { clip, hasImages }: ManifestParams,
  { video, audio }: Shown,
  { at, base }: { at: number; base: string },
): string[] {
  const query = clipQuery(clip);
  const uri = (name: string): string => `${base}${playbackId}/${mediaPlaylistPath(grant, plan.planId, name)}${query}`;
  const [sound = null] = audio;
  const rates = (one: VideoRendition | AudioRendition): PromisedRates => promisedRates(plan, one, clip);
  if (video.length === 0) return sound === null ? [] : [audioVariant(sound, rates(sound)), uri(sound.name)];
  const soundRates = heaviest(audio.map(rates));
  // each base has a group of its own, so that picture and sound come from the same one
  const group = at === 0 ? "audio" : `audio-${at + 1}`;
  const trick = trickRendition(plan);
  return [
    ...audio.map((one, place) => audioMedia(one, place, group, uri(one.name))),
    ...video.flatMap((rendition) => [
      videoVariant(rendition, sound, group, { rates: together(rates(rendition), soundRates), hdr: plan.hdr }),
      uri(rendition.name),
    ]),
    ...(trick === null ? [] : [iFrameStream(trick, rates(trick), uri(trick.name))]),
    ...(hasImages ? [imageStream(plan, clip, uri(IMAGES))] : []),
  ];
}

/** @param at place in the group, whose names are all different (§4.4.6.1.1) */
function audioMedia({ channels, language }: AudioRendition, at: number, group: string, uri: string): string {
  const attributes = [
    "TYPE=AUDIO",
    `GROUP-ID="${group}"`,
    `NAME="${at === 0 ? "Audio" : `Audio ${at + 1}`}"`,
    ...(language === null ? [] : [`LANGUAGE="${language}"`]),
    `DEFAULT=${at === 0 ? "YES" : "NO"}`,
    "AUTOSELECT=YES",
    `CHANNELS="${channels}"`,
    `URI="${uri}"`,
  ];
  return `#EXT-X-MEDIA:${attributes.join(",")}`;
}

/** Of the sounds of a group only one is played: the heaviest counts (§4.4.6.2). */
function heaviest(sounds: readonly PromisedRates[]): PromisedRates {
  return {
    peak: sounds.reduce((most, { peak }) => Math.max(most, peak), 0),
    average: sounds.reduce((most, { average }) => Math.max(most, average), 0),
  };
}

function together(one: PromisedRates, other: PromisedRates): PromisedRates {
  return { peak: one.peak + other.peak, average: one.average + other.average };
}

/** BANDWIDTH and CODECS are those of everything that plays at once, sound included (§4.4.6.2). */
function videoVariant(
  video: VideoRendition,
  audio: AudioRendition | null,
  group: string,
  { rates, hdr }: { rates: PromisedRates; hdr: HdrTransfer | undefined },
): string {
  const attributes = [
    `BANDWIDTH=${rates.peak}`,
    `AVERAGE-BANDWIDTH=${rates.average}`,
    `CODECS="${audio === null ? video.codecs : `${video.codecs},${audio.codecs}`}"`,
    `RESOLUTION=${video.widthPx}x${video.heightPx}`,
  ];
  if (video.frameRate > 0) attributes.push(`FRAME-RATE=${video.frameRate.toFixed(3)}`);
  attributes.push(`VIDEO-RANGE=${video.kind === "copied" && hdr !== undefined ? hdr.toUpperCase() : "SDR"}`);
  if (audio !== null) attributes.push(`AUDIO="${group}"`);
  return `#EXT-X-STREAM-INF:${attributes.join(",")},CLOSED-CAPTIONS=NONE`;
}

function audioVariant({ codecs }: AudioRendition, { peak, average }: PromisedRates): string {
  return `#EXT-X-STREAM-INF:BANDWIDTH=${peak},AVERAGE-BANDWIDTH=${average},CODECS="${codecs}",CLOSED-CAPTIONS=NONE`;
}

/** §4.4.6.3. Its bits are promised as a peak only. */
function iFrameStream({ codecs, widthPx, heightPx }: VideoRendition, { peak }: PromisedRates, uri: string): string {
  const attributes = [`BANDWIDTH=${peak}`, `CODECS="${codecs}"`, `RESOLUTION=${widthPx}x${heightPx}`];
  return `#EXT-X-I-FRAME-STREAM-INF:${attributes.join(",")},VIDEO-RANGE=SDR,URI="${uri}"`;
}
