import { z } from "zod";
import { resolutionTier } from "../../../domain/asset/picture-shape.ts";
import { isStaticResolution, staticType } from "../../../domain/asset/static-renditions.ts";
import { STATIC_RESOLUTIONS } from "../../../domain/media/static-rendition.ts";
import type { StaticRow } from "../static-renditions.ts";

/** A file of a whole rendition (reference video-api.md §3.2). */
export const StaticRenditionWire = z.object({
  id: z.string(),
  name: z.string().describe("Last part of its URL, such as highest.mp4"),
  ext: z.enum(["mp4", "m4a"]),
  status: z.enum(["preparing", "ready", "skipped", "errored"]),
  type: z.enum(["standard", "advanced"]),
  resolution: z.enum(STATIC_RESOLUTIONS),
  resolution_tier: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  bitrate: z.number().optional().describe("bit/s"),
  filesize: z.string().optional().describe("Bytes"),
  passthrough: z.string().optional(),
});

/** One made because of `mp4_support`, which is told of once it is ready. */
export function mp4FileToWire(row: StaticRow): Partial<z.output<typeof StaticRenditionWire>> {
  return { name: row.name, ext: extOf(row), ...measuresOf(row) };
}

export function staticRenditionToWire(row: StaticRow): z.output<typeof StaticRenditionWire> {
  const { id, name, status, resolution, width, height, passthrough } = row;
  if (!isStaticResolution(resolution)) throw new Error(`a static rendition of ${resolution}`); // it was checked when it was made
  const size = width === null || height === null ? null : { widthPx: width, heightPx: height };
  return {
    ...{ id, name, ext: extOf(row), status, type: staticType(resolution), resolution },
    ...(status === "ready" && { resolution_tier: resolutionTier(size) }),
    ...measuresOf(row),
    ...(passthrough !== null && { passthrough }),
  };
}

function extOf({ name }: StaticRow): "mp4" | "m4a" {
  return name.endsWith(".m4a") ? "m4a" : "mp4";
}

function measuresOf({ width, height, bitrate, size_bytes }: StaticRow) {
  return {
    ...(width !== null && height !== null && { width, height }),
    ...(bitrate !== null && { bitrate: Number(bitrate) }),
    ...(size_bytes !== null && { filesize: String(size_bytes) }),
  };
}
