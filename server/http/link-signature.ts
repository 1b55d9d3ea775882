import { createHmac, timingSafeEqual } from "node:crypto";

/** A link that serves until it expires, whoever has it. */
export interface SignedLink {
  /** Unix seconds. */
  expires: number;
  signature: string;
}

/**
 * Signs what a link names. Each purpose has a key of its own, so that what is signed for one is never taken for another.
 *
 * @param expires Unix seconds
 */
export function signLink(secret: Uint8Array, purpose: string, named: string, expires: number): string {
  const key = createHmac("sha256", secret).update(purpose).digest();
  return createHmac("sha256", key).update(`${named}/${expires}`).digest("base64url");
}

/** Whether a link was signed here and still holds. */
export function isLivingSignature(
  { expires, signature }: SignedLink,
  { secret, purpose, named, nowMs }: { secret: Uint8Array; purpose: string; named: string; nowMs: number },
): boolean {
  const [given, right] = [Buffer.from(signature), Buffer.from(signLink(secret, purpose, named, expires))];
  return given.length === right.length && timingSafeEqual(given, right) && expires * 1_000 > nowMs;
}
