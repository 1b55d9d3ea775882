/** What goes wrong: frequent stalls, failing playback, slow starts. */
export const INCIDENT_KINDS = ["rebuffer", "failure", "startup"] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** By what a viewer can be hit. */
export const INCIDENT_DIMENSIONS = ["cdn", "country", "title", "device", "browser", "os", "player"] as const;
export type IncidentDimension = (typeof INCIDENT_DIMENSIONS)[number];

export interface Incident {
  kind: IncidentKind;
  dimension: IncidentDimension;
  value: string;
  /** null: until the end. */
  durationMs: number | null;
  /** Since the start of the simulation; null: when the ramp is over. */
  startMs: number | null;
}

export type ParsedIncident = { kind: "ok"; incident: Incident } | { kind: "invalid"; message: string };

/** Long names as the Data API spells them. */
const ALIASES: Readonly<Record<string, IncidentDimension>> = {
  video_title: "title",
  device_category: "device",
  operating_system: "os",
  player_name: "player",
};

const GRAMMAR = "kind:dimension=value[:duration[@start]], such as rebuffer:cdn=fastly:2m@45s";
const WINDOW = /^(.*):([^:@]+)(?:@([^:@]+))?$/;

/** `kind:dimension=value[:duration[@start]]`. The value may hold colons: what ends like a duration is one. */
export function parseIncident(text: string): ParsedIncident {
  const match = /^([^:=]+):([^:=]+)=(.+)$/.exec(text);
  if (match === null) return invalid(`"${text}" is not ${GRAMMAR}`);
  const [, kind = "", dimensionName = "", tail = ""] = match;
  const dimension = ALIASES[dimensionName] ?? dimensionName;
  if (!isOneOf(INCIDENT_KINDS, kind)) return invalid(`Kind "${kind}" is none of ${INCIDENT_KINDS.join(", ")}`);
  if (!isOneOf(INCIDENT_DIMENSIONS, dimension)) {
    return invalid(`Dimension "${dimensionName}" is none of ${INCIDENT_DIMENSIONS.join(", ")}`);
  }
  return { kind: "ok", incident: { kind, dimension, ...parseTail(tail) } };
}

function parseTail(tail: string): Pick<Incident, "value" | "durationMs" | "startMs"> {
  const [, value = "", duration = "", start] = WINDOW.exec(tail) ?? [];
  const durationMs = parseDuration(duration);
  const startMs = start === undefined ? null : parseDuration(start);
  if (durationMs === null || (start !== undefined && startMs === null)) {
    return { value: tail, durationMs: null, startMs: null };
  }
  return { value, durationMs, startMs };
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** "90s", "1.5m", "250ms" in milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text.trim());
  const unit = UNITS_MS[match?.[2] ?? ""];
  return match === null || unit === undefined ? null : Number(match[1]) * unit;
}

/** When it begins and ends, since the start of the simulation. */
export function incidentWindow(incident: Incident, rampMs: number): { fromMs: number; toMs: number } {
  const fromMs = incident.startMs ?? rampMs;
  return { fromMs, toMs: fromMs + (incident.durationMs ?? Number.POSITIVE_INFINITY) };
}

/** True when a viewer with these dimensions is hit; upper and lower case are the same. */
export function isHit(incident: Incident, dimensions: Readonly<Record<IncidentDimension, string>>): boolean {
  return dimensions[incident.dimension].toLowerCase() === incident.value.toLowerCase();
}

function isOneOf<T extends string>(values: readonly T[], value: string): value is T {
  return (values as readonly string[]).includes(value);
}

function invalid(message: string): ParsedIncident {
  return { kind: "invalid", message };
}
