import { isLivingSignature, type SignedLink, signLink } from "../../http/link-signature.ts";

const PURPOSE = "links of exports";

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
  link: SignedLink,
  { secret, nowMs }: { secret: Uint8Array; nowMs: number },
): boolean {
  return isLivingSignature(link, { secret, purpose: PURPOSE, named: nameOf(file), nowMs });
}

function sign(file: ExportFile, secret: Uint8Array, expires: number): string {
  return signLink(secret, PURPOSE, nameOf(file), expires);
}

function nameOf({ environmentId, day }: ExportFile): string {
  return `${environmentId}/${day}`;
}
