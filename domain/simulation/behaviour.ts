import type { Course } from "./course.ts";
import { isHitBy, nextIncidentEdgeMs, type SimulationOptions } from "./options.ts";
import type { Person } from "./person.ts";
import type { Random } from "./random.ts";

/** What may interrupt someone who watches. */
export type Interruption = "stall" | "pause" | "seek" | "rendition" | "abandon" | "failure" | "end" | "reconsider";

/** How a start-up ends, and how long after the wish to play. */
export interface StartPlan {
  outcome: "frame" | "exit" | "failure";
  afterMs: number;
}

/** Where chance meets the options: everything that is drawn about one viewer's views. */
export interface Dice {
  random: Random;
  /** For what is rare: a stream of its own, so that oddities leave the rest as it was. */
  odd: Random;
  options: SimulationOptions;
  person: Person;
  /** When the simulation began, true time. */
  startMs: number;
}

/** A median start-up of a fast desktop near its CDN. */
const STARTUP_MEDIAN_MS = 620;
const PATIENCE_MEDIAN_MS = 14_000;
const STARTUP_FAILURE_CHANCE = 0.008;
/** Changed their mind while it loaded. */
const QUICK_EXIT_CHANCE = 0.006;

/** Mean seconds between interruptions of someone who watches undisturbed. */
const MEAN_SECONDS = { stall: 420, pause: 260, seek: 210, rendition: 75, abandon: 330, failure: 25_000 } as const;

export function planStart({ random, options, person, startMs }: Dice, course: Course, atMs: number): StartPlan {
  const hit = (kind: "startup" | "failure") => isHitBy(options, kind, course.dimensions, atMs - startMs);
  const factor = person.device.startupFactor * person.country.startupFactor * course.cdn.startupFactor;
  const slowdownMs = hit("startup") ? random.logNormal(6_000, 0.5) : 0;
  const startupMs = Math.round(random.logNormal(STARTUP_MEDIAN_MS * factor, 0.55) + 80 + slowdownMs);
  const patienceMs = Math.round(random.logNormal(PATIENCE_MEDIAN_MS, 0.6));

  if (random.chance(hit("failure") ? 0.4 : STARTUP_FAILURE_CHANCE)) return { outcome: "failure", afterMs: startupMs };
  if (random.chance(QUICK_EXIT_CHANCE)) return { outcome: "exit", afterMs: Math.min(startupMs - 20, 900) };
  if (startupMs > patienceMs) return { outcome: "exit", afterMs: patienceMs };
  return { outcome: "frame", afterMs: startupMs };
}

/** What happens next to someone who plays from `atMs`: the earliest of several exponential waiting times. */
export function planInterruption(dice: Dice, course: Course, atMs: number): { what: Interruption; afterMs: number } {
  const { random, options, startMs } = dice;
  const untilEndMs =
    course.title.durationMs === null ? Number.POSITIVE_INFINITY : course.title.durationMs - course.playheadMs;
  const untilEdgeMs = nextIncidentEdgeMs(options, atMs - startMs) - (atMs - startMs); // the rates change there
  const rates = ratesPerMs(dice, course, atMs);
  const drawn = random.weighted(rates);
  const afterMs = Math.ceil(random.exponential(1 / rates.reduce((sum, { weight }) => sum + weight, 0)));

  if (untilEndMs <= Math.min(afterMs, untilEdgeMs)) return { what: "end", afterMs: untilEndMs };
  if (untilEdgeMs < afterMs) return { what: "reconsider", afterMs: Math.ceil(untilEdgeMs) };
  return { what: drawn.what, afterMs };
}

function ratesPerMs({ options, person, startMs }: Dice, course: Course, atMs: number) {
  const elapsedMs = atMs - startMs;
  const mean: Record<keyof typeof MEAN_SECONDS, number> = { ...MEAN_SECONDS };
  mean.stall /= person.country.startupFactor * (person.device.connection === "cellular" ? 1.6 : 1);
  if (isHitBy(options, "rebuffer", course.dimensions, elapsedMs)) mean.stall = 10;
  if (isHitBy(options, "failure", course.dimensions, elapsedMs)) mean.failure = 45;
  const kinds = Object.keys(mean) as (keyof typeof MEAN_SECONDS)[];
  return kinds
    .filter((what) => what !== "seek" || course.title.durationMs !== null) // nobody seeks in a live stream
    .map((what) => ({ what, weight: options.pace / (mean[what] * 1_000) }));
}

/** At least as long as the SDK needs to notice (data-wire.md §5, `rebufferstart`). */
const MIN_STALL_MS = 1_150;

export function stallMs({ random, options, startMs }: Dice, course: Course, atMs: number): number {
  const hit = isHitBy(options, "rebuffer", course.dimensions, atMs - startMs);
  const drawn = random.logNormal(hit ? 4_000 : 2_100, 0.55);
  return Math.round(Math.max(MIN_STALL_MS, Math.min(drawn, 30_000)));
}
