import { listedSegments } from "../../domain/media/listed-segments.ts";
import type { AudioRendition, HdrTransfer, Plan, VideoRendition } from "../../domain/media/plan.ts";
import { type PromisedRates, promisedRates } from "../../domain/media/promised-rates.ts";
import { inStartOrder } from "../../domain/media/rendition-order.ts";
import { withinLimits } from "../../domain/media/resolution-class.ts";
import { trickRendition } from "../../domain/media/trick-rendition.ts";
import type { TextTrack } from "../playback-ids.ts";
import { mediaPlaylistPath, PUBLIC_GRANT } from "../route.ts";
import { type AudioGroup, audioGroups, audioMedia, groupCodecs } from "./audio-groups.ts";
import { clipQuery } from "./clip-query.ts";
import { IMAGES, imageStream } from "./image-playlist.ts";
import type { ManifestParams } from "./manifest-params.ts";
import { SUBTITLES, subtitleMedia } from "./subtitle-media.ts";

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
  textTracks: readonly TextTrack[];
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
  facts: MultivariantFacts,
  { clip, hasImages, defaultSubtitlesLanguage }: ManifestParams,
  { video, audio }: Shown,
  { at, base }: { at: number; base: string },
): string[] {
  const { playbackId, grant, plan } = facts;
  // what is signed has its clip in the grant
  const query = grant === PUBLIC_GRANT ? clipQuery(clip) : "";
  const uri = (name: string): string => `${base}${playbackId}/${mediaPlaylistPath(grant, plan.planId, name)}${query}`;
  const rates = (one: VideoRendition | AudioRendition): PromisedRates => promisedRates(plan, one, clip);
  const suffix = at === 0 ? "" : `-${at + 1}`;
  // each base has groups of its own, so that picture and sound come from the same one
  const groups = audioGroups({ audio }).map(({ id, members }) => ({ id: `${id}${suffix}`, members }));
  const isChoice = video.length > 0 || audio.length > 1;
  const sounds = groups.flatMap((group) => group.members.map((one) => audioMedia(group, one, uri(one.name))));
  // the variants with the usual sound first: players that know nothing of channels begin with the first they read
  const subtitles = subtitleMedia({ ...facts, base, suffix, query }, defaultSubtitlesLanguage);
  const text = subtitles.length === 0 ? "" : `,SUBTITLES="${SUBTITLES}${suffix}"`;
  const variants = (groups.length > 0 ? groups : [null]).flatMap((group) => {
    const soundRates = heaviest((group?.members ?? []).map(rates));
    if (video.length === 0) return group === null ? [] : audioVariant(group, soundRates, isChoice, uri, text);
    return video.flatMap((rendition) => [
      videoVariant(rendition, group, { rates: together(rates(rendition), soundRates), hdr: plan.hdr }) + text,
      uri(rendition.name),
    ]);
  });
  const trick = video.length > 0 ? trickRendition(plan) : null;
  return [
    ...(isChoice ? sounds : []),
    ...subtitles,
    ...variants,
    ...(trick === null ? [] : [iFrameStream(trick, rates(trick), uri(trick.name))]),
    // its images are URLs that a signed playback id does not open
    ...(hasImages && video.length > 0 && grant === PUBLIC_GRANT ? [imageStream(plan, clip, uri(IMAGES))] : []),
  ];
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
  group: AudioGroup | null,
  { rates, hdr }: { rates: PromisedRates; hdr: HdrTransfer | undefined },
): string {
  const attributes = [
    `BANDWIDTH=${rates.peak}`,
    `AVERAGE-BANDWIDTH=${rates.average}`,
    `CODECS="${[video.codecs, ...groupCodecs(group)].join(",")}"`,
    `RESOLUTION=${video.widthPx}x${video.heightPx}`,
  ];
  if (video.frameRate > 0) attributes.push(`FRAME-RATE=${video.frameRate.toFixed(3)}`);
  attributes.push(`VIDEO-RANGE=${video.kind === "copied" && hdr !== undefined ? hdr.toUpperCase() : "SDR"}`);
  if (group !== null) attributes.push(`AUDIO="${group.id}"`);
  return `#EXT-X-STREAM-INF:${attributes.join(",")},CLOSED-CAPTIONS=NONE`;
}

/** Sound alone. Its own playlist is also the group's default, if there is a choice. */
function audioVariant(
  group: AudioGroup,
  { peak, average }: PromisedRates,
  isChoice: boolean,
  uri: (name: string) => string,
  text: string,
): string[] {
  const [sound] = group.members;
  if (sound === undefined) return [];
  const attributes = [
    `BANDWIDTH=${peak},AVERAGE-BANDWIDTH=${average},CODECS="${groupCodecs(group).join(",")}"`,
    ...(isChoice ? [`AUDIO="${group.id}"`] : []),
    "CLOSED-CAPTIONS=NONE",
  ];
  return [`#EXT-X-STREAM-INF:${attributes.join(",")}${text}`, uri(sound.name)];
}

/** §4.4.6.3. Its bits are promised as a peak only. */
function iFrameStream({ codecs, widthPx, heightPx }: VideoRendition, { peak }: PromisedRates, uri: string): string {
  const attributes = [`BANDWIDTH=${peak}`, `CODECS="${codecs}"`, `RESOLUTION=${widthPx}x${heightPx}`];
  return `#EXT-X-I-FRAME-STREAM-INF:${attributes.join(",")},VIDEO-RANGE=SDR,URI="${uri}"`;
}
