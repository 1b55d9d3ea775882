import { isLivingSignature, type SignedLink, signLink } from "../../http/link-signature.ts";

const PURPOSE = "links of usage exports";

/** A file of an environment, by its public id and day. */
export interface UsageFile {
  environmentId: string;
  day: string;
}

/** Where its bytes are; no asset has this id. */
export function usageKey({ environmentId, day }: UsageFile): string {
  return `${environmentId}/usage-exports/${day}.csv`;
}

/**
 * Path and query under which anybody may have the file until then.
 *
 * @param expires Unix seconds
 */
export function usageLink(file: UsageFile, secret: Uint8Array, expires: number): string {
  const signature = signLink(secret, PURPOSE, nameOf(file), expires);
  return `/exports/usage/${file.environmentId}/${file.day}.csv?expires=${expires}&signature=${signature}`;
}

/** Whether a link was made here and still holds. */
export function isLivingUsageLink(
  file: UsageFile,
  link: SignedLink,
  { secret, nowMs }: { secret: Uint8Array; nowMs: number },
): boolean {
  return isLivingSignature(link, { secret, purpose: PURPOSE, named: nameOf(file), nowMs });
}

function nameOf({ environmentId, day }: UsageFile): string {
  return `${environmentId}/${day}`;
}
