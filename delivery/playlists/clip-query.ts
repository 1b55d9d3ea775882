import type { Clip } from "../../domain/media/clip.ts";

/** A clip as the query of a playlist's URL, `?` included; empty for the whole asset. Read again by `readManifestParams`. */
export function clipQuery({ startSeconds, endSeconds }: Clip): string {
  const query = new URLSearchParams();
  if (startSeconds !== null) query.set("asset_start_time", String(startSeconds));
  if (endSeconds !== null) query.set("asset_end_time", String(endSeconds));
  return query.size > 0 ? `?${query}` : "";
}
