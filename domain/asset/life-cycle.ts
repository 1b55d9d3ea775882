import type { AssetError, AssetFacts, IngestOutcome, InputFacts, NonStandardReasons, SoundFacts } from "./outcome.ts";
import {
  aspectRatio,
  type ResolutionTier,
  resolutionTier,
  type StoredResolution,
  storedResolution,
} from "./picture-shape.ts";

export type AssetStatus = "preparing" | "ready" | "errored";

/** As much of an asset as decides what an outcome does to it. */
export interface AssetState {
  status: AssetStatus;
  nonStandardReasons: NonStandardReasons | null;
}

export type AssetEvent = "video.asset.non_standard_input_detected" | "video.asset.ready" | "video.asset.errored";

/** What changes; absent fields stay. */
export interface AssetChange {
  status: AssetStatus;
  nonStandardReasons: NonStandardReasons | null;
  ready?: ReadyFields;
  error?: AssetError;
}

export interface ReadyFields {
  planId: string;
  sourceGeneration: number;
  durationSeconds: number;
  /** Null for sound alone, like the frame rate. */
  aspectRatio: string | null;
  resolutionTier: ResolutionTier;
  storedResolution: StoredResolution;
  storedFrameRate: number | null;
  input: InputFacts;
  tracks: readonly NewTrack[];
}

export type NewTrack =
  | { type: "video"; durationSeconds: number; widthPx: number; heightPx: number; frameRate: number }
  | ({ type: "audio"; isPrimary: boolean } & SoundFacts);

export interface Applied {
  change: AssetChange;
  /** In the order in which they are told. */
  events: readonly AssetEvent[];
}

/**
 * What an outcome does to an asset; null when it was applied before or comes too late: ready and errored are final, and a
 * job's result may be told more than once.
 */
export function applyOutcome(asset: AssetState, outcome: IngestOutcome): Applied | null {
  if (asset.status !== "preparing") return null;
  switch (outcome.kind) {
    case "non_standard":
      return applyReasons(asset, outcome.reasons);
    case "ready":
      return applyReady(asset, outcome);
    case "errored":
      return fail(asset, outcome.error);
  }
}

/** The list may grow until the asset is ready; told once, with the first reason. */
function applyReasons(asset: AssetState, reasons: NonStandardReasons): Applied | null {
  const nonStandardReasons = merge(asset.nonStandardReasons, reasons);
  if (nonStandardReasons === null || isSame(nonStandardReasons, asset.nonStandardReasons)) return null;
  return { change: { status: "preparing", nonStandardReasons }, events: detected(asset, nonStandardReasons) };
}

function applyReady(asset: AssetState, outcome: Extract<IngestOutcome, { kind: "ready" }>): Applied {
  const tracks = tracksOf(outcome.facts);
  if (tracks.length === 0) {
    const messages = ["The input has neither a video nor an audio track that can be played"];
    return fail(asset, { type: "invalid_input", messages });
  }
  const { facts, planId, sourceGeneration } = outcome;
  const nonStandardReasons = merge(asset.nonStandardReasons, outcome.reasons);
  const ready: ReadyFields = {
    planId,
    sourceGeneration,
    durationSeconds: facts.durationSeconds,
    aspectRatio: facts.video === null ? null : aspectRatio(facts.video),
    resolutionTier: resolutionTier(facts.topRendition),
    storedResolution: storedResolution(facts.topRendition),
    storedFrameRate: facts.video?.frameRate ?? null,
    input: facts.input,
    tracks,
  };
  const events: AssetEvent[] = [...detected(asset, nonStandardReasons), "video.asset.ready"];
  return { change: { status: "ready", nonStandardReasons, ready }, events };
}

function fail({ nonStandardReasons }: AssetState, error: AssetError): Applied {
  return { change: { status: "errored", nonStandardReasons, error }, events: ["video.asset.errored"] };
}

function tracksOf({ video, sounds, durationSeconds, input }: AssetFacts): NewTrack[] {
  const sentSeconds = input.tracks.find(({ type }) => type === "video")?.durationSeconds ?? durationSeconds;
  const pictureSeconds = Math.min(sentSeconds, durationSeconds); // of a test only the begin is shown
  return [
    ...(video === null ? [] : [{ type: "video" as const, durationSeconds: pictureSeconds, ...video }]),
    ...sounds.map((sound, at) => ({ type: "audio" as const, isPrimary: at === 0, ...sound })),
  ];
}

function detected(before: AssetState, after: NonStandardReasons | null): AssetEvent[] {
  return before.nonStandardReasons === null && after !== null ? ["video.asset.non_standard_input_detected"] : [];
}

function merge(known: NonStandardReasons | null, more: NonStandardReasons | null): NonStandardReasons | null {
  const all = { ...known, ...more };
  return Object.keys(all).length === 0 ? null : all;
}

function isSame(a: NonStandardReasons, b: NonStandardReasons | null): boolean {
  return b !== null && Object.keys(a).every((key) => a[key] === b[key]);
}
