/** What a view's scores are made of; ratios as fractions. */
export interface ScoreParts {
  playbackFailure: boolean;
  exitBeforeStart: boolean;
  hasFrame: boolean;
  /** Not sound alone. */
  hasPicture: boolean;
  watchMs: number;
  startupMs: number | null;
  stallCount: number;
  stallMs: number;
  upscale: number | null;
  maxUpscale: number | null;
}

/** 0..1 each, or null (data-api.md §4). */
export interface Scores {
  success: number | null;
  startup: number | null;
  smoothness: number | null;
  quality: number | null;
  experience: number | null;
}

export function scoresOf(parts: ScoreParts): Scores {
  const success = successOf(parts);
  const startup = !parts.hasFrame || parts.startupMs === null ? null : 8 / (8 + parts.startupMs / 1_000);
  const smoothness = parts.hasFrame ? smoothnessOf(parts) : null;
  const quality = qualityOf(parts);
  return { success, startup, smoothness, quality, experience: experienceOf(success, startup, smoothness, quality) };
}

function successOf({ playbackFailure, exitBeforeStart, watchMs }: ScoreParts): number | null {
  if (playbackFailure) return 0;
  if (exitBeforeStart) return watchMs < 1_000 ? null : 0.5;
  return 1;
}

function smoothnessOf({ stallCount, stallMs, watchMs }: ScoreParts): number {
  const share = watchMs === 0 ? 0 : stallMs / watchMs;
  return (1 / Math.sqrt(1 + (stallCount / 2) ** 2) + Math.exp(-10 * share)) / 2;
}

function qualityOf({ hasFrame, hasPicture, upscale, maxUpscale }: ScoreParts): number | null {
  if (!hasFrame || !hasPicture || upscale === null || maxUpscale === null) return null;
  return Math.exp(-0.33 * (0.15 * maxUpscale + 0.85 * upscale));
}

function experienceOf(
  success: number | null,
  startup: number | null,
  smoothness: number | null,
  quality: number | null,
): number | null {
  if (success === null) return null;
  const pairs = [
    tradeoff(smoothness, quality, 0.6),
    tradeoff(smoothness, startup, 0.55),
    tradeoff(startup, quality, 0.6),
  ].filter((pair) => pair !== null);
  if (pairs.length === 0) return success;
  return (success * pairs.reduce((total, pair) => total + pair, 0)) / pairs.length;
}

/** The product's own choice: the reference keeps its formula to itself. */
function tradeoff(one: number | null, other: number | null, weight: number): number | null {
  if (one === null || other === null) return one ?? other;
  return one ** weight * other ** (1 - weight);
}
