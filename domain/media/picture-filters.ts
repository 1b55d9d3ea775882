import type { HdrTransfer } from "./plan.ts";

const TRANSFERS: Record<HdrTransfer, string> = { pq: "smpte2084", hlg: "arib-std-b67" };
/** Brightness that SDR white has in the light that is mapped, cd/m²: as bright as the screens that SDR is graded on. */
const NOMINAL_PEAK = 100;

/**
 * ffmpeg's filters from a decoded picture to one of a rendition: its size, square pixels, 8 bits of 4:2:0, and ordinary
 * brightness where the source is HDR. What is turned in the source has been turned by ffmpeg before.
 */
export function pictureFilters(size: { widthPx: number; heightPx: number }, hdr: HdrTransfer | undefined): string[] {
  const scale = `scale=${size.widthPx}:${size.heightPx}:flags=bicubic`;
  // in the source's depth as far as here: mapping stretches the dark tones
  return [scale, ...(hdr === undefined ? [] : toneMapFilters(hdr)), "setsar=1", "format=yuv420p"];
}

/**
 * Filters that show HDR as SDR (ITU-R BT.2020 with PQ or HLG to BT.709): the cost is by the pixel, so pictures are made small
 * first (docs/decisions/sources.md). With halved colours the sides have to be even.
 */
export function toneMapFilters(hdr: HdrTransfer, format: "yuv420p10le" | "yuv444p10le" = "yuv420p10le"): string[] {
  return [
    `format=${format}`,
    `zscale=tin=${TRANSFERS[hdr]}:pin=bt2020:min=bt2020nc:rin=limited:t=linear:npl=${NOMINAL_PEAK}`,
    "format=gbrpf32le",
    "zscale=p=bt709",
    "tonemap=tonemap=hable:desat=0",
    "zscale=t=bt709:m=bt709:r=limited",
  ];
}

/** Of the scaler, for images. Without the latter two, colours are up to three steps of 255 off. */
export const IMAGE_SCALER = "bicubic+accurate_rnd+full_chroma_int";

/** {@link toneMapFilters} of images, which have any sides and end as RGB. */
export function toneMapImageFilters(hdr: HdrTransfer): string[] {
  return [...toneMapFilters(hdr, "yuv444p10le"), "format=yuv444p", `scale=flags=${IMAGE_SCALER}`];
}
