import { createHash } from "node:crypto";

export interface HashedText {
  text: string;
  /** Lower-case hex. */
  sha256: string;
}

export function hashedText(text: string): HashedText {
  return { text, sha256: createHash("sha256").update(text).digest("hex") };
}
