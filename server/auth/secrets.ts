import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

const SESSION_TOKEN_BYTES = 32;
export const ACCESS_TOKEN_SECRET_LENGTH = 75;
const ENVIRONMENT_ID_LENGTH = 6;
const LOWER_ALPHANUMERICS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** 256 random bits, so that hashing once without salt is enough to keep it. */
export function newSessionToken(): string {
  return randomBytes(SESSION_TOKEN_BYTES).toString("base64url");
}

/** 450 random bits as 75 characters of `[A-Za-z0-9+/]`, the form that existing clients know. */
export function newAccessTokenSecret(): string {
  return randomBytes(ACCESS_TOKEN_SECRET_LENGTH).toString("base64").slice(0, ACCESS_TOKEN_SECRET_LENGTH);
}

/** A candidate: whether it is still free is for the database to say. */
export function newEnvironmentId(): string {
  const letter = (): string => LOWER_ALPHANUMERICS[randomInt(LOWER_ALPHANUMERICS.length)] ?? "";
  return Array.from({ length: ENVIRONMENT_ID_LENGTH }, letter).join("");
}

export function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Compares hashes of equal length in constant time. */
export function isSameHash(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
