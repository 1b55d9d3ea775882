import type { Storyboard } from "./storyboard.ts";

/**
 * Puts pictures side by side, line by line.
 *
 * @param tiles pixels of each picture, in order
 * @param channels bytes of a pixel
 */
export function arrangeTiles(tiles: readonly Uint8Array[], storyboard: Storyboard, channels: number): Uint8Array {
  const { tile, columns, rows } = storyboard;
  const tileBytes = tile.widthPx * channels;
  const lineBytes = tileBytes * columns;
  const sheet = new Uint8Array(lineBytes * tile.heightPx * rows);
  for (const [n, pixels] of tiles.entries()) {
    const corner = Math.floor(n / columns) * tile.heightPx * lineBytes + (n % columns) * tileBytes;
    for (let y = 0; y < tile.heightPx; y += 1) {
      sheet.set(pixels.subarray(y * tileBytes, (y + 1) * tileBytes), corner + y * lineBytes);
    }
  }
  return sheet;
}
