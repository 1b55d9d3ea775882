import { type Incident, type IncidentDimension, type IncidentKind, incidentWindow, isHit } from "./incident.ts";

export interface SimulationOptions {
  seed: number;
  /** How many people watch at the same time when the ramp is over. */
  viewers: number;
  /** They come evenly within this time. */
  rampMs: number;
  /** After this everybody leaves; the ramp is part of it. */
  durationMs: number;
  /** How many works they choose from. */
  titles: number;
  incidents: readonly Incident[];
  environmentKey: string;
  /** `beaconCollectionDomain`, which every event repeats. */
  collectionDomain: string;
  /** How many times more often viewers are interrupted than real ones: 1 is believable. */
  pace: number;
  /** 0..1: how much happens that is rare and that naive counting gets wrong (oddities.ts). 0: none of it. */
  oddity: number;
}

export const DEFAULT_OPTIONS: Omit<SimulationOptions, "environmentKey" | "collectionDomain"> = {
  seed: 1,
  viewers: 100,
  rampMs: 30_000,
  durationMs: 300_000,
  titles: 24,
  incidents: [],
  pace: 1,
  oddity: 0,
};

export type Dimensions = Readonly<Record<IncidentDimension, string>>;

/** True while an incident of this kind hits someone with these dimensions; `elapsedMs` since the simulation's start. */
export function isHitBy(
  options: SimulationOptions,
  kind: IncidentKind,
  dimensions: Dimensions,
  elapsedMs: number,
): boolean {
  return options.incidents.some((incident) => {
    const { fromMs, toMs } = incidentWindow(incident, options.rampMs);
    return incident.kind === kind && elapsedMs >= fromMs && elapsedMs < toMs && isHit(incident, dimensions);
  });
}

/** The next moment after `elapsedMs` when an incident begins or ends; Infinity when none does. */
export function nextIncidentEdgeMs(options: SimulationOptions, elapsedMs: number): number {
  const edges = options.incidents.flatMap((incident) => {
    const { fromMs, toMs } = incidentWindow(incident, options.rampMs);
    return [fromMs, toMs];
  });
  return Math.min(Number.POSITIVE_INFINITY, ...edges.filter((edge) => edge > elapsedMs));
}
