import { arrangeTiles } from "../../domain/media/arrange-tiles.ts";
import { type Size, sizeFilters } from "../../domain/media/image-shape.ts";
import { nearestSyncs } from "../../domain/media/nearest-syncs.ts";
import { type PictureGrid, picturesOfGrid } from "../../domain/media/picture-grid.ts";
import { decodedSamples } from "../../domain/media/picture-range.ts";
import { planStoryboard } from "../../domain/media/storyboard.ts";
import type { WantedStoryboard } from "../../domain/media/transcoder-wire.ts";
import { compress } from "./compress.ts";
import { decodeGrid } from "./decode-grid.ts";
import { CHANNELS, type Decoder, RAW_OUTPUT } from "./decode-picture.ts";
import { decodeStills } from "./decode-stills.ts";
import type { Pictures } from "./pictures.ts";

/** Decoded for exact pictures at most: 20 s of 1080p at 30 pictures a second, about 5 s of processor time. */
const MAX_EXACT_PX = 600 * 1_920 * 1_080;

/**
 * Small pictures of the whole stretch in one image. Of a short stretch they are those on screen at their times; of a longer one
 * those of the nearest sync samples, of which each is decoded alone: of an hour, 100 pictures instead of 100,000.
 *
 * @param picture as it is shown
 * @param maxExactPx another only in tests
 */
export async function makeStoryboard(
  tools: Decoder,
  pictures: Pictures,
  picture: Size,
  wanted: WantedStoryboard,
  signal: AbortSignal,
  maxExactPx = MAX_EXACT_PX,
): Promise<Buffer> {
  const { index } = pictures;
  const storyboard = planStoryboard(picture, wanted);
  const { tile, columns, rows } = storyboard;
  const count = columns * rows;
  const stepTicks = ((wanted.endSeconds - wanted.startSeconds) * index.timescale) / count;
  const grid = { startTicks: Math.round(wanted.startSeconds * index.timescale), stepTicks, count };
  const tiles =
    decodedPx(pictures, grid) <= maxExactPx
      ? await exactTiles(tools, pictures, grid, tile, signal)
      : await nearTiles(tools, pictures, grid, tile, signal);
  const image = { widthPx: tile.widthPx * columns, heightPx: tile.heightPx * rows };
  return compress(arrangeTiles(tiles, storyboard, CHANNELS), image, wanted.format);
}

function decodedPx({ track, index }: Pictures, grid: PictureGrid): number {
  const { first, end } = decodedSamples(index, track.samples, picturesOfGrid(index, grid));
  return (end - first) * track.codedWidthPx * track.codedHeightPx;
}

async function exactTiles(
  tools: Decoder,
  pictures: Pictures,
  grid: PictureGrid,
  size: Size,
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  const bytes = size.widthPx * size.heightPx * CHANNELS;
  const filter = sizeFilters(size, pictures.toneMap).join(",");
  const job = { grid, filter, output: RAW_OUTPUT, maxOutputBytes: bytes * grid.count, signal };
  const pixels = await decodeGrid(tools, pictures, job);
  if (pixels.length !== bytes * grid.count)
    throw new Error(`${pixels.length / bytes} pictures instead of ${grid.count}`);
  return Array.from({ length: grid.count }, (_, n) => pixels.subarray(n * bytes, (n + 1) * bytes));
}

/** Neighbours may be the same picture, where sync samples are far apart. */
async function nearTiles(
  tools: Decoder,
  pictures: Pictures,
  { startTicks, stepTicks, count }: PictureGrid,
  size: Size,
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  const moments = Array.from({ length: count }, (_, n) => startTicks + n * stepTicks);
  const wanted = nearestSyncs(pictures.index, pictures.track.samples, moments);
  const samples = [...new Set(wanted)];
  const stills = await decodeStills(tools, pictures, { samples, size, signal });
  return wanted.map((sample) => stills[samples.indexOf(sample)] ?? new Uint8Array());
}
