import { isDeepStrictEqual } from "node:util";
import { type AssetRef, sentOverlayKey } from "../../domain/media/object-keys.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { pictureSettings } from "../jobs/picture-settings.ts";

/**
 * Stores the images that a clip takes over, the first of its overlays, as they were fetched for its source: what their URLs give
 * by now may be another image, or none. One that is not there is left to be fetched.
 */
export async function copyOverlays(
  { db, objects }: { db: Postgres; objects: Objects },
  clip: AssetRef,
  source: AssetRef,
): Promise<void> {
  const [{ overlays: own }, { overlays }] = [await pictureSettings(db, clip), await pictureSettings(db, source)];
  for (const [at, { input, url, placement }] of overlays.entries()) {
    const copied = own[at];
    if (copied?.url !== url || !isDeepStrictEqual(copied.placement, placement)) return;
    const sent = await objects.read(sentOverlayKey(source, input));
    if (sent !== null) await objects.put(sentOverlayKey(clip, copied.input), sent.body);
  }
}
