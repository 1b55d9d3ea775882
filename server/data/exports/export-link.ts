import { createHmac, timingSafeEqual } from "node:crypto";

/** A file of an environment, by its public id and day. */
export interface ExportFile {
  environmentId: string;
  day: string;
}

/** Where its bytes are. One environment's keys are a prefix of their own, and no asset has this id. */
export function exportKey({ environmentId, day }: ExportFile): string {
  return `${environmentId}/exports/${day}.csv.gz`;
}

/** Path and query under which anybody may have the file until then. */
export function exportLink(file: ExportFile, secret: Uint8Array, expiresAtMs: number): string {
  const expires = Math.floor(expiresAtMs / 1_000);
  return `/exports/${file.environmentId}/${file.day}.csv.gz?expires=${expires}&signature=${sign(file, secret, expires)}`;
}

/** Whether a link was made here and still holds. */
export function isLivingLink(
  file: ExportFile,
  { expires, signature }: { expires: number; signature: string },
  { secret, nowMs }: { secret: Uint8Array; nowMs: number },
): boolean {
  const [given, right] = [Buffer.from(signature), Buffer.from(sign(file, secret, expires))];
  return given.length === right.length && timingSafeEqual(given, right) && expires * 1_000 > nowMs;
}

/** With a key of its own, so that what is signed here is never taken for something else that the secret signs. */
function sign({ environmentId, day }: ExportFile, secret: Uint8Array, expires: number): string {
  const key = createHmac("sha256", secret).update("links of exports").digest();
  return createHmac("sha256", key).update(`${environmentId}/${day}/${expires}`).digest("base64url");
}
