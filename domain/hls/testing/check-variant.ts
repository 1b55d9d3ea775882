import { peakBitrate } from "../../media/peak-bitrate.ts";
import type { MediaPlaylist } from "./check-media-playlist.ts";
import type { Variant } from "./check-multivariant.ts";
import type { Measured } from "./check-segments.ts";
import type { Note } from "./fault.ts";
import type { Tag } from "./playlist-lines.ts";

/** A media playlist that was looked at, once, whoever names it. */
export interface Looked {
  url: string;
  playlist: MediaPlaylist;
  /** Null of pictures and text, or where they could not be read. */
  media: Measured | null;
}

export type LookUp = (uri: string) => Looked | null;

/** A mean that was told before anything was encoded is one of similar films at the same settings (§4.4.6.2). */
const REPRESENTATIVE = 1.1;
/** Times that are written with three decimals. */
const RATE_TOLERANCE = 0.005;

/** What a variant says against what it and the sounds of its group are (§4.4.6.2). */
export function checkVariant({ uri, tag }: Variant, media: readonly Tag[], lookUp: LookUp, note: Note): void {
  const own = lookUp(uri)?.media ?? null;
  if (own === null) return;
  const { attributes } = tag;
  const group = attributes.get("AUDIO");
  const sounds = media
    .filter((one) => one.attributes.get("TYPE") === "AUDIO" && one.attributes.get("GROUP-ID") === group)
    .map((one) => lookUp(one.attributes.get("URI") ?? "")?.media ?? null)
    .filter((sound) => sound !== null);
  checkCodecs(attributes.get("CODECS"), [own, ...sounds], `${uri}: `, note);
  checkRates(attributes, own, sounds, uri, note);
  checkPicture(attributes, own, uri, note);
}

function checkCodecs(list: string | undefined, media: readonly Measured[], of: string, note: Note): void {
  const declared = new Set((list ?? "").split(",").map((codecs) => codecs.trim()));
  const real = new Set(media.map(({ init }) => init.codecs));
  for (const codecs of real) if (!declared.has(codecs)) note("4.4.6.2", `${of}CODECS leaves out ${codecs}`);
  for (const codecs of declared) if (!real.has(codecs)) note("4.4.6.2", `${of}CODECS has ${codecs}, which nothing is`);
}

function checkRates(
  attributes: ReadonlyMap<string, string>,
  own: Measured,
  sounds: readonly Measured[],
  uri: string,
  note: Note,
): void {
  const peak = peakOf(own) + Math.max(0, ...sounds.map(peakOf));
  const average = averageOf(own) + Math.max(0, ...sounds.map(averageOf));
  const bandwidth = Number(attributes.get("BANDWIDTH"));
  if (bandwidth < peak) note("4.4.6.2", `${uri}: BANDWIDTH ${bandwidth} is below the peak ${Math.ceil(peak)}`);
  const declared = Number(attributes.get("AVERAGE-BANDWIDTH") ?? average);
  if (declared * REPRESENTATIVE < average)
    note("4.4.6.2", `${uri}: AVERAGE-BANDWIDTH ${declared} is below the real ${Math.ceil(average)}`);
}

/** §4.1: over neighbours that last half to one and a half target durations. */
function peakOf({ segments, targetSeconds }: Measured): number {
  return peakBitrate(segments, targetSeconds);
}

function averageOf({ segments }: Measured): number {
  const bits = segments.reduce((sum, segment) => sum + segment.bits, 0);
  return bits / segments.reduce((sum, segment) => sum + segment.seconds, 0);
}

function checkPicture(attributes: ReadonlyMap<string, string>, own: Measured, uri: string, note: Note): void {
  const { kind, widthPx, heightPx } = own.init;
  if (kind !== "video") return;
  const resolution = attributes.get("RESOLUTION");
  if (resolution !== `${widthPx}x${heightPx}`)
    note("4.4.6.2", `${uri}: RESOLUTION ${resolution}, not ${widthPx}x${heightPx}`);
  const frameRate = Number(attributes.get("FRAME-RATE") ?? Number.NaN);
  const seconds = own.segments.reduce((sum, segment) => sum + segment.seconds, 0);
  const real = own.segments.reduce((sum, { samples }) => sum + samples, 0) / seconds;
  // of one or two pictures, and of part of a film of a variable rate, the rate says little
  if (own.segments.length > 1 && frameRate < real * (1 - RATE_TOLERANCE)) {
    note("4.4.6.2", `${uri}: FRAME-RATE ${frameRate} is below the real ${real.toFixed(3)}`);
  }
}

/** §4.4.6.3. */
export function checkIFrames({ uri, tag }: Variant, lookUp: LookUp, note: Note): void {
  const looked = lookUp(uri);
  if (looked === null) return;
  if (!looked.playlist.isIFrames) note("4.4.6.3", `${uri} is no I-frame playlist`);
  const { media } = looked;
  if (media === null) return;
  checkCodecs(tag.attributes.get("CODECS"), [media], `${uri}: `, note);
  const { widthPx, heightPx } = media.init;
  const resolution = tag.attributes.get("RESOLUTION");
  if (resolution !== `${widthPx}x${heightPx}`)
    note("4.4.6.3", `${uri}: RESOLUTION ${resolution}, not ${widthPx}x${heightPx}`);
  const bandwidth = Number(tag.attributes.get("BANDWIDTH"));
  if (bandwidth < peakOf(media)) note("4.4.6.3", `${uri}: BANDWIDTH ${bandwidth} is below the peak ${peakOf(media)}`);
}
