import type { VideoQuality } from "../asset/settings-wire.ts";
import { evenPx } from "./even-px.ts";

/** What a ladder is made for: the picture as it is shown. */
export interface LadderSource {
  widthPx: number;
  heightPx: number;
  /** Mean over the whole source. */
  bitrate: number;
}

export interface Rung {
  /** `720p`: the length of the shorter side. */
  name: string;
  widthPx: number;
  heightPx: number;
  /** Ceiling of the encoder, bit/s; the picture takes what it needs below it. */
  maxBitrate: number;
  /** Quality that is aimed at below the ceiling, where it is not the usual one. */
  crf?: number;
}

/** [shorter side in px, ceiling in bit/s], largest first. Chosen in docs/decisions/ladder.md. */
const RUNGS = [
  [2160, 16_000_000],
  [1440, 9_000_000],
  [1080, 4_800_000],
  [720, 2_600_000],
  [480, 1_200_000],
  [270, 500_000],
] as const;

interface QualityTier {
  rungs: readonly (readonly [sidePx: number, bitrate: number])[];
  crf?: number;
}

/** By an asset's `video_quality`; chosen in docs/decisions/ladder.md. */
const QUALITIES: Record<VideoQuality, QualityTier> = {
  basic: { rungs: RUNGS.filter(([sidePx]) => sidePx !== 1440 && sidePx !== 720) },
  plus: { rungs: RUNGS },
  premium: {
    rungs: [
      [2160, 20_000_000],
      [1440, 11_250_000],
      [1080, 6_000_000],
      [720, 3_250_000],
      [540, 2_000_000],
      [360, 1_000_000],
      [270, 625_000],
    ],
    crf: 20,
  },
};

/** Shorter side that an asset's `max_resolution_tier` allows. */
export const TIER_PX = { "1080p": 1080, "1440p": 1440, "2160p": 2160 } as const;
export type MaxResolutionTier = keyof typeof TIER_PX;

/** A rung this close below the one above it shows nothing that the upper one does not. */
const MIN_STEP = 1.2;

/**
 * Chooses the renditions of one source, largest first; always at least one. Never upscales; a rung whose ceiling is not below
 * the source's own bitrate saves no bits and is left out. The first is the source's own size, or what the tier allows of it.
 */
export function planLadder(source: LadderSource, tier: MaxResolutionTier, quality: VideoQuality = "plus"): Rung[] {
  const { rungs, crf } = QUALITIES[quality];
  const aim = crf === undefined ? {} : { crf };
  const shorterPx = Math.min(source.widthPx, source.heightPx);
  const topPx = Math.min(shorterPx, TIER_PX[tier]);
  const top = { ...rungAt(source, topPx, rungs), ...aim };
  const lower = rungs.filter(([sidePx, bitrate]) => sidePx * MIN_STEP <= topPx && bitrate < source.bitrate);
  return [top, ...lower.map(([sidePx, maxBitrate]) => ({ ...sized(source, sidePx), maxBitrate, ...aim }))];
}

/** A rung of any size, for what is made beside the ladder. */
export function rungAt(
  source: Pick<LadderSource, "widthPx" | "heightPx">,
  sidePx: number,
  rungs: QualityTier["rungs"] = RUNGS,
): Rung {
  return { ...sized(source, sidePx), maxBitrate: ceilingFor(sidePx, rungs) };
}

/** The source's shape at a length of its shorter side; H.264 with 4:2:0 wants both sides even. */
function sized(
  { widthPx, heightPx }: Pick<LadderSource, "widthPx" | "heightPx">,
  sidePx: number,
): Omit<Rung, "maxBitrate"> {
  const scale = sidePx / Math.min(widthPx, heightPx);
  return { name: `${sidePx}p`, widthPx: evenPx(widthPx * scale), heightPx: evenPx(heightPx * scale) };
}

/** Between two rungs, by area. */
function ceilingFor(sidePx: number, rungs: QualityTier["rungs"]): number {
  const [px, bitrate] = rungs.find(([rungPx]) => rungPx <= sidePx) ?? rungs[rungs.length - 1] ?? [sidePx, 0];
  return Math.round(bitrate * Math.max(1, (sidePx / px) ** 2));
}
