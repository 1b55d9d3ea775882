import type { Clip } from "../../domain/media/clip.ts";
import { fitWithin } from "../../domain/media/fit-within.ts";
import { listedSegments } from "../../domain/media/listed-segments.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { extinfs, targetSeconds, UP } from "./media-playlist.ts";

/** In the place of a rendition's name in URLs. */
export const IMAGES = "images";

/** Bounds of a picture: Roku shows them at 320 × 180. */
const MAX_SIDE_PX = 320;
/** Nobody's JPEG of a picture takes more, headers included. */
const MAX_BITS_PER_PIXEL = 12;

/**
 * The pictures of a clip, one a segment, as Roku reads them (Image Media Playlist 0.4): thumbnails of the moments at which
 * segments begin.
 */
export function imagePlaylist(plan: Plan, clip: Clip): string {
  const { widthPx } = imageSize(plan);
  const segments = pictureSegments(plan, clip);
  const lines = extinfs(segments, plan.timescale).flatMap((extinf, at) => {
    // up to the next millisecond, which still shows the segment's first picture
    const milliseconds = Math.ceil(((segments[at]?.start ?? 0) / plan.timescale) * 1_000);
    return [`#EXTINF:${extinf},`, `${UP}/thumbnail.jpg?time=${milliseconds / 1_000}&width=${widthPx}`];
  });
  const head = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetSeconds(plan)}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    "#EXT-X-IMAGES-ONLY",
  ];
  return `${[...head, ...lines, "#EXT-X-ENDLIST"].join("\n")}\n`;
}

/** How a multivariant playlist names it. */
export function imageStream(plan: Plan, clip: Clip, uri: string): string {
  const { widthPx, heightPx } = imageSize(plan);
  const shortest = pictureSegments(plan, clip).reduce(
    (least, { start, end }) => Math.min(least, end - start),
    Infinity,
  );
  const bandwidth = Math.ceil((widthPx * heightPx * MAX_BITS_PER_PIXEL) / (shortest / plan.timescale));
  const attributes = [`BANDWIDTH=${bandwidth}`, `RESOLUTION=${widthPx}x${heightPx}`, 'CODECS="jpeg"', `URI="${uri}"`];
  return `#EXT-X-IMAGE-STREAM-INF:${attributes.join(",")}`;
}

function imageSize({ video }: Plan): { widthPx: number; heightPx: number } {
  const [top] = video;
  if (top === undefined) throw new RangeError("there are no pictures");
  return fitWithin(top, { widthPx: MAX_SIDE_PX, heightPx: MAX_SIDE_PX });
}

function pictureSegments(plan: Plan, clip: Clip) {
  const [top] = plan.video;
  return top === undefined ? [] : listedSegments(plan, top, clip);
}
