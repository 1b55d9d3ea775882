import type { Answer } from "./answers.ts";
import { type HashedText, hashedText } from "./hashed-text.ts";

export function textAnswer(contentType: string, content: string, cacheControl: string): Answer {
  const { text, sha256 } = hashedText(content);
  return { bytes: Buffer.from(text, "utf8"), sha256, contentType, cacheControl };
}

/** @param common what all views have: where `text` is another, it belongs to one view, and only stands for it */
export function viewAnswer(contentType: string, common: HashedText, text: string, cacheControl: string): Answer {
  const isWeak = text !== common.text;
  return { bytes: Buffer.from(text, "utf8"), sha256: common.sha256, isWeak, contentType, cacheControl };
}
