import type { FileResolution } from "../media/static-rendition.ts";

/** The older setting for whole files (reference video-api.md §3.3); `static_renditions` has taken its place. */
export const MP4_SUPPORT = ["none", "standard", "capped-1080p", "audio-only", "audio-only,capped-1080p"] as const;
export type Mp4Support = (typeof MP4_SUPPORT)[number];

/** Of all files that a setting asks for together. */
export type Mp4Status = "preparing" | "ready" | "errored";

export function isMp4Support(text: string): text is Mp4Support {
  return (MP4_SUPPORT as readonly string[]).includes(text);
}

/** Files that a setting asks for of an asset. Of those with pictures some are left out where the source is smaller. */
export function mp4Files(
  support: Mp4Support,
  { hasPicture, hasSound }: { hasPicture: boolean; hasSound: boolean },
): FileResolution[] {
  switch (support) {
    case "none":
      return [];
    case "standard":
      return hasPicture ? ["low", "medium", "high"] : ["audio-only"];
    case "capped-1080p":
      return hasPicture ? ["capped-1080p"] : ["audio-only"];
    case "audio-only":
      return ["audio-only"]; // also of a silent film, where it is an error
    case "audio-only,capped-1080p":
      return [...(hasSound ? ["audio-only" as const] : []), ...(hasPicture ? ["capped-1080p" as const] : [])];
  }
}

/** What a setting other than `none` has come to. Files that are skipped do not count, unless nothing is left. */
export function mp4Status(
  asset: "preparing" | "ready" | "errored",
  files: readonly ("preparing" | "ready" | "skipped" | "errored")[],
): Mp4Status {
  if (asset === "errored" || files.includes("errored")) return "errored";
  if (files.length === 0 || files.includes("preparing")) return "preparing"; // its files are noted when an asset is ready
  return files.includes("ready") ? "ready" : "errored";
}
