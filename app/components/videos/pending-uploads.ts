import type { Upload } from "../../videos/upload-state.ts";
import type { Asset } from "../../videos/wire.ts";

/** Uploads that no video of the list stands for yet. */
export function pendingUploads(uploads: readonly Upload[], assets: readonly Asset[]): readonly Upload[] {
  const shown = new Set(assets.map(({ id }) => id));
  return uploads.filter(({ state }) => state.kind !== "created" || !shown.has(state.assetId));
}
