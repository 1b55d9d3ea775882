import { zstdCompressSync, zstdDecompressSync } from "node:zlib";

export function packText(text: string): Buffer {
  return zstdCompressSync(text);
}

/** Null for what is missing or damaged. */
export function unpackText(value: Buffer | undefined): string | null {
  if (value === undefined || value.length === 0) return null;
  try {
    return zstdDecompressSync(value).toString("utf8");
  } catch {
    return null;
  }
}

/** Trusts its input, which only the same or an earlier release of this program writes. Null as above. */
export function unpackJson<T>(value: Buffer | undefined): T | null {
  const text = unpackText(value);
  return text === null ? null : (JSON.parse(text) as T);
}
