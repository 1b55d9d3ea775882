import {
  FILE_RESOLUTIONS,
  type FileResolution,
  STATIC_RESOLUTIONS,
  type StaticResolution,
  staticName,
} from "../media/static-rendition.ts";

/** A file that is wanted of an asset. */
export interface WantedStatic {
  resolution: StaticResolution;
  passthrough: string | null;
}

export interface StaticRenditionWire {
  resolution?: string | undefined;
  passthrough?: string | undefined;
}

/** Of the server's job that has a file made, and of the one by which the transcoder tells what came of it. */
export const MAKE_STATIC_TASK = "make_static_rendition";
export const APPLY_STATIC_TASK = "apply_static_rendition";

export interface StaticJob {
  environment: string;
  assetId: string;
  /** Of the static rendition. */
  id: string;
  resolution: FileResolution;
}

export interface StaticResult {
  environment: string;
  assetId: string;
  id: string;
  outcome: StaticOutcome;
}

export type StaticOutcome =
  | { kind: "ready"; planId: string; widthPx: number; heightPx: number; bitrate: number; sizeBytes: number }
  /** The source is smaller, or has no such track (`domain/media/static-rendition.ts`). */
  | { kind: "skipped" }
  | { kind: "errored" };

/** `standard` ones are made of what is there, `advanced` ones may be encoded (reference video-api.md §3.2). */
export function staticType(resolution: StaticResolution): "standard" | "advanced" {
  return isFixedHeight(resolution) ? "advanced" : "standard";
}

export function isStaticResolution(text: string): text is StaticResolution {
  return (STATIC_RESOLUTIONS as readonly string[]).includes(text);
}

export function isFileResolution(text: string): text is FileResolution {
  return (FILE_RESOLUTIONS as readonly string[]).includes(text);
}

/**
 * Reads what is asked for, beside what an asset has already.
 *
 * @returns the files, or sentences about what is wrong
 */
export function readStaticRenditions(
  wire: readonly StaticRenditionWire[],
  existing: readonly StaticResolution[] = [],
): { wanted: WantedStatic[] } | { problems: string[] } {
  const wanted: WantedStatic[] = [];
  const problems: string[] = [];
  for (const { resolution = "", passthrough } of wire) {
    const known = [...existing, ...wanted.map((one) => one.resolution)];
    const problem = isStaticResolution(resolution) ? clash(resolution, known) : unknownResolution(resolution);
    if (problem !== null) problems.push(problem);
    else if (isStaticResolution(resolution)) wanted.push({ resolution, passthrough: passthrough || null });
  }
  return problems.length > 0 ? { problems } : { wanted };
}

function unknownResolution(text: string): string {
  return `static_renditions: "${text.slice(0, 50)}" is no resolution; use ${STATIC_RESOLUTIONS.join(", ")}`;
}

function clash(resolution: StaticResolution, known: readonly StaticResolution[]): string | null {
  if (known.includes(resolution)) return `static_renditions: there is a ${staticName(resolution)} already`;
  const mixes =
    (resolution === "highest" && known.some(isFixedHeight)) || (isFixedHeight(resolution) && known.includes("highest"));
  return mixes ? "static_renditions: highest cannot stand beside fixed heights; ask for one or the other" : null;
}

function isFixedHeight(resolution: StaticResolution): boolean {
  return resolution !== "highest" && resolution !== "audio-only";
}
