import { Mp4Error } from "../../mp4/mp4-error.ts";
import { isIdrSample } from "../../mp4/nal.ts";
import type { MediaPlaylist } from "./check-media-playlist.ts";
import { type Fault, type Note, noteAt } from "./fault.ts";
import { type Init, readInit } from "./read-init.ts";
import { readSegment, type Segment } from "./read-segment.ts";
import type { Site } from "./site.ts";

/** What the media of a playlist really are. */
export interface Measured {
  init: Init;
  /** Real lengths, in order. */
  segments: readonly { bits: number; seconds: number; samples: number }[];
  /** Of the playlist. */
  targetSeconds: number;
  /** Presentation time of the first sample, edit list applied. */
  startSeconds: number;
}

/** An EXTINF of six decimals whose ends are rounded. */
const ROUNDING_SECONDS = 1.1e-6;

/** Fetches all that a media playlist of fMP4 lists, and compares (§3.1.2, §3.1.3, §4.4.4). Null where that cannot be done. */
export async function checkSegments(
  site: Site,
  url: string,
  playlist: MediaPlaylist,
  faults: Fault[],
): Promise<Measured | null> {
  const note = noteAt(faults, url);
  if (playlist.map === null) {
    note("3.1.3", "fMP4 segments have no EXT-X-MAP");
    return null;
  }
  const init = await readAt(site, site.resolve(playlist.map, url), faults, readInit);
  if (init === null) return null;
  const segments: Measured["segments"][number][] = [];
  let [startSeconds, expectedTime]: [number, number | null] = [0, null];
  for (const [at, listed] of playlist.segments.entries()) {
    const segmentUrl = site.resolve(listed.uri, url);
    const bits = { value: 0 };
    const segment = await readAt(site, segmentUrl, faults, (bytes) => {
      bits.value = bytes.length * 8;
      return readSegment(bytes);
    });
    if (segment === null) return null;
    const noteSegment = noteAt(faults, segmentUrl);
    checkSegment(segment, init, playlist, noteSegment);
    // what the edit list hides at the begin is no part of what lasts
    const hidden = Math.max(0, init.editMediaTime - segment.baseDecodeTime);
    const seconds = (segment.duration - hidden) / init.timescale;
    if (Math.abs(seconds - listed.seconds) > ROUNDING_SECONDS) {
      noteSegment("4.4.4.1", `lasts ${seconds} s, EXTINF says ${listed.seconds}`);
    }
    if (expectedTime !== null && segment.baseDecodeTime !== expectedTime) {
      noteSegment("3", `begins at ${segment.baseDecodeTime}, the one before ended at ${expectedTime}`);
    }
    expectedTime = segment.baseDecodeTime + segment.duration;
    if (at === 0) startSeconds = Math.max(0, earliest(segment) - init.editMediaTime) / init.timescale;
    segments.push({ bits: bits.value, seconds, samples: segment.samples.length });
  }
  return { init, segments, startSeconds, targetSeconds: playlist.targetSeconds };
}

function checkSegment(segment: Segment, init: Init, playlist: MediaPlaylist, note: Note): void {
  if (segment.trackId !== init.trackId)
    note("3.1.2", `is of track ${segment.trackId}, the init segment of ${init.trackId}`);
  if (segment.samples.length === 0) note("3", "has no sample");
  if (playlist.isIFrames && segment.samples.length !== 1)
    note("4.4.3.6", `has ${segment.samples.length} pictures, not one`);
  if (init.kind !== "video" || !(playlist.isIndependent || playlist.isIFrames)) return;
  const rule = playlist.isIFrames ? "4.4.3.6" : "4.4.2.1";
  const [first] = segment.samples;
  if (first?.isSync !== true) note(rule, "does not begin with a sync sample");
  if (init.nalLengthBytes !== null && !isIdrSample(segment.firstSample, init.nalLengthBytes)) {
    note(rule, "does not begin with an IDR picture");
  }
  if (earliest(segment) < segment.baseDecodeTime + (first?.ctsOffset ?? 0)) {
    note(rule, "shows a picture before its first one, which may need those of the segment before");
  }
}

/** Presentation time of what is shown first. */
function earliest({ baseDecodeTime, samples }: Segment): number {
  let [time, least] = [baseDecodeTime, Number.POSITIVE_INFINITY];
  for (const { duration, ctsOffset } of samples) {
    least = Math.min(least, time + ctsOffset);
    time += duration;
  }
  return least;
}

async function readAt<T>(site: Site, url: string, faults: Fault[], read: (bytes: Uint8Array) => T): Promise<T | null> {
  const note = noteAt(faults, url);
  const { status, bytes } = await site.get(url);
  if (status !== 200) {
    note("3", `answers ${status}`);
    return null;
  }
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof Mp4Error)) throw error;
    note("3.1.2", error.message);
    return null;
  }
}
