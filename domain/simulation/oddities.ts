import type { Dice } from "./behaviour.ts";
import type { RENDITIONS, Title } from "./catalogue.ts";
import type { SimulationOptions } from "./options.ts";
import type { Person } from "./person.ts";
import type { Random } from "./random.ts";

/** Mixes into the seed of what is rare. */
export const ODD_SEED = 0x0dd;

/** What may happen to someone who watches, beside what is usual (behaviour.ts). */
export type Oddity =
  | "warning"
  | "ads"
  | "mode"
  | "sleep"
  | "seek_in_pause"
  | "stall_in_seek"
  | "seek_in_stall"
  | "refusal"
  | "rendition_in_pause";

const KINDS: readonly { what: Oddity; weight: number }[] = [
  { what: "warning", weight: 3 },
  { what: "ads", weight: 5 },
  { what: "mode", weight: 3 },
  { what: "sleep", weight: 1 },
  { what: "seek_in_pause", weight: 3 },
  { what: "stall_in_seek", weight: 2 },
  { what: "seek_in_stall", weight: 2 },
  { what: "refusal", weight: 0.6 },
  { what: "rendition_in_pause", weight: 1.5 },
];

/** True with this probability where oddities are wanted at their fullest; never where they are not. */
export function isOdd({ odd, options }: Pick<Dice, "odd" | "options">, probability: number): boolean {
  return options.oddity > 0 && odd.chance(probability * options.oddity);
}

/** What happens instead of the next interruption, which would come after `limitMs`; null: that one comes. */
export function planOddity(dice: Dice, limitMs: number): { what: Oddity; afterMs: number } | null {
  if (limitMs < 400 || !isOdd(dice, 0.4)) return null;
  const afterMs = Math.min(limitMs - 200, 100 + Math.round(dice.odd.exponential(4_000)));
  return { what: dice.odd.weighted(KINDS).what, afterMs };
}

const HOUR_MS = 3_600_000;
const CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

/** Clocks that are hours or days off, pages without cookies, sampled pages, crawlers that press play. */
export function oddPerson(person: Person, odd: Random, options: SimulationOptions): Person {
  if (options.oddity === 0) return person;
  const often = (probability: number) => odd.chance(probability * options.oddity);
  const changed = { ...person };
  if (often(0.12)) changed.clockSkewMs += odd.integer(-14, 15) * HOUR_MS;
  if (often(0.12)) changed.clockSkewMs += odd.integer(-700, 700) * 24 * HOUR_MS;
  if (often(0.15)) changed.cookies = false;
  if (often(0.3)) changed.sampleRate = odd.pick([0.5, 0.25, 0.2]);
  changed.sampleNumber *= changed.sampleRate; // the others are not heard of
  if (often(0.05)) changed.device = { ...person.device, userAgent: CRAWLER };
  return changed;
}

/** How far behind the camera a live view is: mostly seconds, sometimes so long that it is no live view any more. */
export function liveDelayMs({ odd, options }: Dice, title: Title): number | null {
  if (options.oddity === 0 || title.durationMs !== null) return null;
  return odd.chance(0.1) ? odd.integer(280_000, 420_000) : odd.integer(2_500, 45_000);
}

/** Sound without a picture. */
export const AUDIO_ONLY = { widthPx: 0, heightPx: 0, bitrate: 128_000, codec: "mp4a.40.2" };

export function oddRendition(dice: Dice, usual: (typeof RENDITIONS)[number]): (typeof RENDITIONS)[number] {
  return isOdd(dice, 0.06) ? AUDIO_ONLY : usual;
}
