import { fitWithin } from "./fit-within.ts";
import type { Size } from "./image-shape.ts";

/** Small pictures of a stretch of an asset: shown above a player's time line while somebody looks for a place. */
export interface Storyboard {
  tile: Size;
  columns: number;
  rows: number;
  /** The stretch, in seconds of the asset. */
  startSeconds: number;
  endSeconds: number;
}

/** Time and place of one picture. */
export interface Tile {
  /** From the begin of the stretch, which is where a player's time line begins. */
  startSeconds: number;
  endSeconds: number;
  xPx: number;
  yPx: number;
}

/** Up to 15 minutes 50 pictures, beyond 100 (reference video-api.md §8.3). */
const LONG_SECONDS = 15 * 60;
const COLUMNS = { short: 5, long: 10 };
const ROWS = 10;
const TILE: Size = { widthPx: 256, heightPx: 160 };

/** @param picture as it is shown; a tile has its shape and is never larger */
export function planStoryboard(picture: Size, stretch: { startSeconds: number; endSeconds: number }): Storyboard {
  const { startSeconds, endSeconds } = stretch;
  const columns = endSeconds - startSeconds < LONG_SECONDS ? COLUMNS.short : COLUMNS.long;
  return { tile: fitWithin(picture, TILE), columns, rows: ROWS, startSeconds, endSeconds };
}

/** In the order of time, line by line. */
export function storyboardTiles({ tile, columns, rows, startSeconds, endSeconds }: Storyboard): Tile[] {
  const count = columns * rows;
  const begin = (n: number): number => ((endSeconds - startSeconds) * n) / count;
  return Array.from({ length: count }, (_, n) => ({
    startSeconds: begin(n),
    endSeconds: begin(n + 1),
    xPx: (n % columns) * tile.widthPx,
    yPx: Math.floor(n / columns) * tile.heightPx,
  }));
}

/** What players read: a cue for each picture, which names its part of the image (Media Fragments URI §4.2.2). */
export function storyboardVtt(storyboard: Storyboard, imageUrl: string): string {
  const { widthPx, heightPx } = storyboard.tile;
  const cues = storyboardTiles(storyboard).map(
    ({ startSeconds, endSeconds, xPx, yPx }) =>
      `${timestamp(startSeconds)} --> ${timestamp(endSeconds)}\n${imageUrl}#xywh=${xPx},${yPx},${widthPx},${heightPx}\n`,
  );
  return ["WEBVTT\n", ...cues].join("\n");
}

/** The same for programs (reference video-api.md §8.3). */
export function storyboardJson(storyboard: Storyboard, imageUrl: string): string {
  return JSON.stringify({
    url: imageUrl,
    tile_width: storyboard.tile.widthPx,
    tile_height: storyboard.tile.heightPx,
    duration: storyboard.endSeconds - storyboard.startSeconds,
    tiles: storyboardTiles(storyboard).map(({ startSeconds: start, xPx: x, yPx: y }) => ({ start, x, y })),
  });
}

/** HH:MM:SS.mmm */
function timestamp(seconds: number): string {
  const ms = Math.round(seconds * 1_000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const parts = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60].map(two);
  return `${parts.join(":")}.${String(ms % 1_000).padStart(3, "0")}`;
}
