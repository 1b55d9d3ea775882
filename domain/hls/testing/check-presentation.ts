import { checkMediaPlaylist, type MediaPlaylist } from "./check-media-playlist.ts";
import { checkMultivariant, type Multivariant } from "./check-multivariant.ts";
import { checkSegments } from "./check-segments.ts";
import { checkIFrames, checkVariant, type Looked, type LookUp } from "./check-variant.ts";
import { type Fault, type Note, noteAt } from "./fault.ts";
import type { Tag } from "./playlist-lines.ts";
import type { Resource, Site } from "./site.ts";

const PLAYLIST_TYPES = ["application/vnd.apple.mpegurl", "audio/mpegurl"];
/** Sound begins within a packet of the picture. */
const START_TOLERANCE_SECONDS = 0.1;

/**
 * Holds an asset's HLS against draft-pantos-hls-rfc8216bis: every MUST that applies to fMP4 on demand. Fetches everything that
 * the multivariant playlist leads to. Empty when all is as it must be.
 */
export async function checkPresentation(site: Site, url: string): Promise<Fault[]> {
  const faults: Fault[] = [];
  const note = noteAt(faults, url);
  const text = await readPlaylist(site, url, note);
  if (text === null) return faults;
  const multivariant = checkMultivariant(text, note);
  for (const tag of multivariant.sessionData) await checkSessionDataResource(site, url, tag, faults);
  const looked = new Map<string, Looked>();
  for (const child of childrenOf(multivariant)) {
    const childUrl = site.resolve(child.uri, url);
    const found = looked.has(childUrl) ? null : await look(site, childUrl, child, multivariant, faults);
    if (found !== null) looked.set(childUrl, found);
  }
  const lookUp: LookUp = (uri) => looked.get(site.resolve(uri, url)) ?? null;
  for (const variant of multivariant.variants) checkVariant(variant, multivariant.media, lookUp, note);
  for (const stream of multivariant.iFrames) checkIFrames(stream, lookUp, note);
  checkTogether([...looked.values()], note);
  return faults;
}

interface Child {
  uri: string;
  isText: boolean;
}

function childrenOf({ variants, iFrames, images, media }: Multivariant): Child[] {
  const streams = [...variants, ...iFrames, ...images].map(({ uri }) => ({ uri, isText: false }));
  const renditions = media.flatMap(({ attributes }) => {
    const uri = attributes.get("URI");
    return uri === undefined ? [] : [{ uri, isText: attributes.get("TYPE") === "SUBTITLES" }];
  });
  return [...streams, ...renditions];
}

async function look(
  site: Site,
  url: string,
  { isText }: Child,
  multivariant: Multivariant,
  faults: Fault[],
): Promise<Looked | null> {
  const note = noteAt(faults, url);
  const text = await readPlaylist(site, url, note);
  if (text === null) return null;
  const read = checkMediaPlaylist(text, note);
  // §4.4.2.1: in a multivariant playlist it holds for all segments of all media playlists
  const playlist = { ...read, isIndependent: read.isIndependent || multivariant.isIndependent };
  if (playlist.segments.length === 0) note("4.4.3", "there is no segment");
  if (isText) await checkText(site, url, playlist, faults);
  const isMedia = !isText && !playlist.isImages;
  return { url, playlist, media: isMedia ? await checkSegments(site, url, playlist, faults) : null };
}

/** §4: status, type, encoding. */
async function readPlaylist(site: Site, url: string, note: Note): Promise<string | null> {
  const { status, contentType, text } = await site.get(url);
  if (status !== 200) note("4", `answers ${status}`);
  else if (text === null) note("4.1", "is not UTF-8");
  const isNamed = /\.m3u8?($|\?)/.test(url);
  if (!isNamed && !PLAYLIST_TYPES.includes(mediaTypeOf(contentType))) note("4", `has the type ${contentType}`);
  return status === 200 ? text : null;
}

function mediaTypeOf(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

/** §3.1.4: WebVTT. */
async function checkText(site: Site, url: string, playlist: MediaPlaylist, faults: Fault[]): Promise<void> {
  for (const { uri } of playlist.segments) {
    const segmentUrl = site.resolve(uri, url);
    const { status, text } = await site.get(segmentUrl);
    const note = noteAt(faults, segmentUrl);
    if (status !== 200) note("3", `answers ${status}`);
    else if (text?.replace(/^\ufeff/, "").startsWith("WEBVTT") !== true) note("3.1.4", "does not begin with WEBVTT");
  }
}

/** §4.4.6.4: what a URI leads to is JSON unless FORMAT says otherwise. */
async function checkSessionDataResource(site: Site, base: string, tag: Tag, faults: Fault[]): Promise<void> {
  const uri = tag.attributes.get("URI");
  if (uri === undefined || tag.attributes.get("FORMAT") === "RAW") return;
  const url = site.resolve(uri, base);
  const resource = await site.get(url);
  if (!isJson(resource)) noteAt(faults, url)("4.4.6.4", "session data are not JSON");
}

function isJson({ status, text }: Resource): boolean {
  try {
    JSON.parse(text ?? "");
    return status === 200;
  } catch {
    return false;
  }
}

/** What all media playlists have in common (§6.2.4). */
function checkTogether(all: readonly Looked[], note: Note): void {
  const media = all.filter((looked) => looked.media !== null);
  const targets = new Set(
    media.filter(({ playlist }) => !playlist.isIFrames).map(({ playlist }) => playlist.targetSeconds),
  );
  if (targets.size > 1) note("6.2.4", `target durations differ: ${[...targets].join(", ")}`);
  const starts = media.map(({ media: measured }) => measured?.startSeconds ?? 0);
  if (Math.max(...starts) - Math.min(...starts) > START_TOLERANCE_SECONDS) {
    note("6.2.4", `media begin at different times: ${starts.join(", ")}`);
  }
  const lengths = new Set(
    media.filter(({ media: one }) => one?.init.kind === "video").map(({ playlist }) => playlist.segments.length),
  );
  if (lengths.size > 1) note("6.2.4", `renditions of the picture have different numbers of segments: ${[...lengths]}`);
  for (const { playlist, url } of all) {
    const sources = playlist.segments.filter(({ uri }) => uri === playlist.map);
    if (sources.length > 0) note("4.4.4.5", `${url}: the init segment is listed as a segment`);
  }
}
