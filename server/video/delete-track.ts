import type { TrackRef } from "../../domain/media/object-keys.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import { deleteTextSoon } from "./delete-asset.ts";
import { deleteSoundSoon } from "./delete-sound-track.ts";

/** Has the bytes of a deleted track removed, of whichever type it was. */
export async function deleteTrackSoon(transaction: PostgresTransaction, ref: TrackRef): Promise<void> {
  await deleteTextSoon(transaction, ref);
  await deleteSoundSoon(transaction, ref);
}
