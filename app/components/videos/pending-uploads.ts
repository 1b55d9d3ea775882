import type { Upload } from "../../videos/upload-state.ts";
import type { Asset } from "../../videos/wire.ts";

/**
 * Uploads that no video of the list stands for yet. One whose video was there before the list was asked for, and is not in it,
 * is over all the same: it was deleted, or lies further down than the list reaches.
 *
 * @param askedMs when the list was asked for, on the page's own clock
 */
export function pendingUploads(
  uploads: readonly Upload[],
  assets: readonly Asset[],
  askedMs: number,
): readonly Upload[] {
  const shown = new Set(assets.map(({ id }) => id));
  return uploads.filter(
    ({ state }) => state.kind !== "created" || (!shown.has(state.assetId) && state.atMs >= askedMs),
  );
}
