import type { Random } from "./random.ts";

export interface Title {
  videoId: string;
  title: string;
  series: string;
  /** null for a live stream, which goes on. */
  durationMs: number | null;
  /** Relative number of people who choose it. */
  weight: number;
}

/** [title, series, minutes; 0 = live], most wanted first. */
const WORKS = [
  ["Grand Final", "Premier Cup", 0],
  ["The Lighthouse Keeper", "The Lighthouse Keeper", 6],
  ["Morning News", "News", 0],
  ["Bread in Forty Minutes", "Kitchen Stories", 4],
  ["Why Rivers Bend", "Small Science", 8],
  ["Semi-final Highlights", "Premier Cup", 5],
  ["Episode 1: Arrival", "Northern Line", 22],
  ["Episode 2: The Ledger", "Northern Line", 21],
  ["How Bridges Sing", "Small Science", 7],
  ["Pasta, Properly", "Kitchen Stories", 5],
  ["Interview: A Life in Maps", "Conversations", 18],
  ["Night Trains of Europe", "Travel Notes", 12],
  ["Goal of the Week", "Premier Cup", 1.5],
  ["Episode 3: Low Water", "Northern Line", 23],
  ["The Quiet Harbour", "Travel Notes", 9],
  ["Soup for Six", "Kitchen Stories", 3],
  ["What Bees Know", "Small Science", 6],
  ["Interview: The Last Projectionist", "Conversations", 16],
  ["Trailer: The Glass Orchard", "Trailers", 2],
  ["Learning to Sail", "Travel Notes", 11],
  ["Training Camp Diary", "Premier Cup", 4],
  ["Trailer: Winter Ferry", "Trailers", 1.5],
  ["A Clock From Scrap", "Workshop", 14],
  ["Sharpening, Once and for All", "Workshop", 7],
] as const;

export const MAX_TITLES = WORKS.length;

/** The first `count` works with popularity by Zipf's law: the second is chosen half as often as the first, and so on. */
export function createCatalogue(count: number): readonly Title[] {
  return WORKS.slice(0, Math.max(1, Math.min(count, MAX_TITLES))).map(([title, series, minutes], rank) => ({
    videoId: `video-${String(rank + 1).padStart(3, "0")}`,
    title,
    series,
    durationMs: minutes === 0 ? null : minutes * 60_000,
    weight: 1 / (rank + 1),
  }));
}

/** One quality of the ladder, lowest first. */
export interface Rendition {
  widthPx: number;
  heightPx: number;
  /** bit/s */
  bitrate: number;
  codec: string;
}

export const RENDITIONS: readonly Rendition[] = [
  { widthPx: 480, heightPx: 270, bitrate: 500_000, codec: "avc1.64001e" },
  { widthPx: 854, heightPx: 480, bitrate: 1_200_000, codec: "avc1.64001f" },
  { widthPx: 1280, heightPx: 720, bitrate: 2_600_000, codec: "avc1.64001f" },
  { widthPx: 1920, heightPx: 1080, bitrate: 4_800_000, codec: "avc1.640028" },
];

/** Names as the `x-cdn` header of a media response gives them, with what they cost a start-up. */
const CDNS = [
  { name: "fastly", weight: 36, startupFactor: 0.95 },
  { name: "cloudflare", weight: 30, startupFactor: 1 },
  { name: "akamai", weight: 22, startupFactor: 1.05 },
  { name: "cloudfront", weight: 12, startupFactor: 1.2 },
] as const;

export type Cdn = (typeof CDNS)[number];

export function chooseCdn(random: Random): Cdn {
  return random.weighted(CDNS);
}
