import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBoxes, requireBox } from "../../domain/mp4/box-reader.ts";
import { parseMovie } from "../../domain/mp4/movie.ts";
import { readFragments } from "../../domain/mp4/read-fragments.ts";
import { httpSite } from "../manifests/http-site.ts";

/** A rendition as a player has it: its init segment and its segments in one file. */
export interface PlayedRendition {
  name: string;
  file: string;
  /** Presentation times in seconds, rising, less what an edit list hides. */
  times: readonly number[];
  /** How many samples each segment has. */
  segmentSamples: readonly number[];
  /** What is hidden at the beginning, in seconds. */
  hiddenSeconds: number;
}

/** Reads the multivariant playlist of a public asset. */
export async function readMultivariant(url: string): Promise<string> {
  return (await readWhole(url)).toString("utf8");
}

/** URLs of the media playlists of pictures and sound that a multivariant playlist names, by rendition. */
export function mediaPlaylists(multivariant: string, url: string): Map<string, string> {
  const lines = multivariant.split("\n").filter((line) => !/TYPE=(SUBTITLES|CLOSED-CAPTIONS)|I-FRAME/.test(line));
  const uris = [...lines.join("\n").matchAll(/^[^#\s]\S*$|(?<=URI=")[^"]+/gm)].map(([uri]) => new URL(uri, url));
  return new Map(uris.map((uri) => [/([^/]+)\.m3u8$/.exec(uri.pathname)?.[1] ?? "", uri.href]));
}

/**
 * Reads a rendition as a player does, all of it or, where there is much, the segments whose numbers are wanted. Rejects where
 * anything is not there.
 */
export async function playRendition(
  name: string,
  playlistUrl: string,
  folder: string,
  isWanted: (segment: number, count: number) => boolean = () => true,
): Promise<PlayedRendition> {
  const playlist = (await readWhole(playlistUrl)).toString("utf8");
  const map = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1];
  if (map === undefined) throw new Error(`${name} has no init segment`);
  const init = await readWhole(new URL(map, playlistUrl).href);
  const uris = playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const segments: Buffer[] = [];
  for (const uri of uris.filter((_, n) => isWanted(n, uris.length))) {
    segments.push(await readWhole(new URL(uri, playlistUrl).href));
  }
  const file = join(folder, `${name}.mp4`);
  await writeFile(file, Buffer.concat([init, ...segments]));
  const [track] = parseMovie(requireBox(readBoxes(init), "moov").bytes).tracks;
  const { edits = [], timescale = 1 } = track ?? {};
  const editMediaTime = edits[0]?.mediaTime ?? 0;
  const perSegment = segments.map((segment) => readFragments(Buffer.concat([init, segment])).samples);
  const ticks = perSegment.flat().map(({ presentationTime }) => presentationTime - editMediaTime);
  return {
    name,
    file,
    times: ticks.sort((a, b) => a - b).map((time) => time / timescale),
    segmentSamples: perSegment.map(({ length }) => length),
    hiddenSeconds: editMediaTime / timescale,
  };
}

async function readWhole(url: string): Promise<Buffer> {
  const { status, bytes } = await httpSite.get(url);
  const body = Buffer.from(bytes);
  if (status !== 200) throw new Error(`${new URL(url).pathname} was answered ${status}: ${body.subarray(0, 200)}`);
  return body;
}
