import type { Note } from "./fault.ts";
import { type Line, readLines, tagsNamed } from "./playlist-lines.ts";

export interface MediaPlaylist {
  targetSeconds: number;
  /** Of the one EXT-X-MAP; null where there is none. */
  map: string | null;
  /** Each segment holds one picture. */
  isIFrames: boolean;
  /** Segments are pictures of the Image Media Playlist, which is no part of the draft. */
  isImages: boolean;
  isIndependent: boolean;
  segments: readonly { uri: string; seconds: number }[];
}

const ONCE = [
  "EXT-X-VERSION",
  "EXT-X-TARGETDURATION",
  "EXT-X-MEDIA-SEQUENCE",
  "EXT-X-PLAYLIST-TYPE",
  "EXT-X-ENDLIST",
  "EXT-X-I-FRAMES-ONLY",
];

/** A media playlist on demand, judged without looking at its segments (§4.4.3 to §4.4.5, §8). */
export function checkMediaPlaylist(text: string, note: Note): MediaPlaylist {
  const lines = readLines(text, note);
  for (const name of ONCE) if (tagsNamed(lines, name).length > 1) note("4.4.1", `has ${name} twice`);
  for (const name of ["EXT-X-STREAM-INF", "EXT-X-MEDIA", "EXT-X-I-FRAME-STREAM-INF", "EXT-X-SESSION-DATA"]) {
    if (tagsNamed(lines, name).length > 0) note("4.1", `a media playlist has ${name}, of multivariant ones`);
  }
  const segments = readSegments(lines, note);
  const targetSeconds = readTarget(lines, segments, note);
  const [map = null] = tagsNamed(lines, "EXT-X-MAP");
  const playlist: MediaPlaylist = {
    targetSeconds,
    map: map?.attributes.get("URI") ?? null,
    isIFrames: tagsNamed(lines, "EXT-X-I-FRAMES-ONLY").length > 0,
    isImages: tagsNamed(lines, "EXT-X-IMAGES-ONLY").length > 0,
    isIndependent: tagsNamed(lines, "EXT-X-INDEPENDENT-SEGMENTS").length > 0,
    segments,
  };
  if (map !== null && playlist.map === null) note("4.4.4.5", "EXT-X-MAP has no URI");
  checkOnDemand(lines, note);
  checkVersion(lines, playlist, note);
  return playlist;
}

/** Every segment has an EXTINF of its own (§4.4.4.1), and none comes twice. */
function readSegments(lines: readonly Line[], note: Note): { uri: string; seconds: number }[] {
  const segments: { uri: string; seconds: number }[] = [];
  let seconds: number | null = null;
  for (const line of lines) {
    if (line.kind === "tag" && line.name === "EXTINF") {
      const [, duration] = /^(\d+(?:\.\d+)?),/.exec(line.value) ?? [];
      if (duration === undefined) note("4.4.4.1", `EXTINF is malformed: ${line.value}`);
      if (seconds !== null) note("4.4.4.1", "two EXTINF belong to one segment");
      seconds = Number(duration ?? 0);
    }
    if (line.kind === "tag" && line.name === "EXT-X-MEDIA-SEQUENCE" && segments.length > 0) {
      note("4.4.3.2", "EXT-X-MEDIA-SEQUENCE comes after the first segment");
    }
    if (line.kind === "tag") continue;
    if (seconds === null) note("4.4.4.1", `${line.uri} has no EXTINF`);
    segments.push({ uri: line.uri, seconds: seconds ?? 0 });
    seconds = null;
  }
  if (seconds !== null) note("4.4.4.1", "the last EXTINF has no segment");
  const twice = segments.find(({ uri }, at) => segments.findIndex((other) => other.uri === uri) !== at);
  if (twice !== undefined) note("3", `${twice.uri} is listed twice`);
  return segments;
}

function readTarget(lines: readonly Line[], segments: MediaPlaylist["segments"], note: Note): number {
  const [target] = tagsNamed(lines, "EXT-X-TARGETDURATION");
  if (target === undefined || !/^\d+$/.test(target.value))
    note("4.4.3.1", "EXT-X-TARGETDURATION is missing or malformed");
  const targetSeconds = Number(target?.value ?? 0);
  const longer = segments.find(({ seconds }) => Math.round(seconds) > targetSeconds);
  if (longer !== undefined) note("4.4.3.1", `${longer.uri} lasts ${longer.seconds} s, the target is ${targetSeconds}`);
  return targetSeconds;
}

function checkOnDemand(lines: readonly Line[], note: Note): void {
  const [type] = tagsNamed(lines, "EXT-X-PLAYLIST-TYPE");
  if (type?.value !== "VOD") note("4.4.3.5", "EXT-X-PLAYLIST-TYPE is not VOD");
  if (tagsNamed(lines, "EXT-X-ENDLIST").length === 0) note("4.4.3.4", "EXT-X-ENDLIST is missing");
}

/** §8: the least version for what a playlist uses. */
function checkVersion(lines: readonly Line[], { map, isIFrames, segments }: MediaPlaylist, note: Note): void {
  const [tag] = tagsNamed(lines, "EXT-X-VERSION");
  const version = Number(tag?.value ?? 1);
  const needs = [
    { needed: 3, uses: segments.some(({ seconds }) => !Number.isInteger(seconds)), what: "decimal EXTINF" },
    { needed: 4, uses: isIFrames, what: "EXT-X-I-FRAMES-ONLY" },
    { needed: isIFrames ? 5 : 6, uses: map !== null, what: "EXT-X-MAP" },
  ];
  for (const { needed, uses, what } of needs) {
    if (uses && !(version >= needed)) note("8", `${what} needs version ${needed}, the playlist says ${version}`);
  }
}
