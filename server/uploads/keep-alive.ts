import { requireUpload, type UploadRow } from "../video/uploads.ts";
import { changedMeanwhile, type UploadServices } from "./complete-upload.ts";

/** While bytes arrive the URL stays valid at least this much longer: time for the next piece. */
const AHEAD_MS = 120_000;
const EVERY_MS = 60_000;

/**
 * Puts the end of an upload off for as long as bytes arrive, in whichever process. Returns the function that stops it. Rejects
 * when the upload has ended: what is written after that is removed by nobody.
 */
export async function keepAlive(services: UploadServices, upload: UploadRow): Promise<() => void> {
  const { status } = await requireUpload(services.db, upload.environment_id, upload.id);
  if (status !== "waiting") throw changedMeanwhile();
  await putOff(services, upload);
  const timer = setInterval(() => {
    putOff(services, upload).catch(() => {}); // the next one may succeed, and the end is not near
  }, EVERY_MS);
  return () => clearInterval(timer);
}

async function putOff({ db, now }: UploadServices, { environment_id, id, expires_at }: UploadRow): Promise<void> {
  const until = new Date(now() + AHEAD_MS);
  if (expires_at >= until) return;
  const waiting = await db
    .updateTable("uploads")
    .set((eb) => ({ expires_at: eb.fn<Date>("greatest", ["expires_at", eb.val(until)]) }))
    .where("environment_id", "=", environment_id)
    .where("id", "=", id)
    .where("status", "=", "waiting")
    .returning("id")
    .executeTakeFirst();
  if (waiting === undefined) throw changedMeanwhile();
}
