import type { BrowserContext, Request } from "@playwright/test";
import { parse, type types } from "hls-parser";

const HOUR_MS = 3_600_000;
const MS_PER_SECOND = 1_000;
/** Pixels up to which a rendition is of a tier (reference video-api.md §6). */
const TIERS = [
  ["tier_720p", 921_600],
  ["tier_1080p", 2_073_600],
] as const;

export type Tier = "tier_audio_only" | (typeof TIERS)[number][0];

/** A rendition as playlists tell of it: what each of its segments counts for. */
export interface Rendition {
  tier: Tier;
  heightPx: number;
  segments: { url: string; lengthMs: number }[];
}

/** By path of the rendition's segments, without their number. Sound beside a picture is none. */
export type Renditions = ReadonlyMap<string, Rendition>;

/** What a playlist leads to, read as any client would. */
export async function renditionsOf(playlist: string): Promise<Renditions> {
  const { variants } = parse(await textOf(playlist)) as types.MasterPlaylist;
  const watched = variants.filter(({ isIFrameOnly }) => !isIFrameOnly);
  const found = await Promise.all(
    watched.map(({ uri, resolution }) => renditionOf(new URL(uri, playlist), resolution)),
  );
  return new Map(found);
}

async function renditionOf(url: URL, resolution: types.Resolution | undefined): Promise<[string, Rendition]> {
  const { segments } = parse(await textOf(url.href)) as types.MediaPlaylist;
  let seconds = 0;
  const told = segments.map(({ uri, duration }) => {
    const fromMs = Math.round(seconds * MS_PER_SECOND);
    seconds += duration;
    return { url: new URL(uri, url).href, lengthMs: Math.round(seconds * MS_PER_SECOND) - fromMs };
  });
  const [first] = told;
  return [
    placeOf(first?.url ?? "").rendition,
    { tier: tierOf(resolution), heightPx: resolution?.height ?? 0, segments: told },
  ];
}

function tierOf(resolution: types.Resolution | undefined): Tier {
  if (resolution === undefined) return "tier_audio_only";
  const pixels = resolution.width * resolution.height;
  const tier = TIERS.find(([, upTo]) => pixels <= upTo);
  if (tier === undefined) throw new RangeError(`no film of a test has ${pixels} pixels`);
  return tier[0];
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Error(`${url} was answered ${answer.status}`);
  return answer.text();
}

/** Plan and rendition, which playback ids of an asset share, and the segment's number. */
function placeOf(url: string): { rendition: string; segment: number } {
  const [, rendition = "", segment = ""] = /\/s\/[^/]+\/([^/]+\/[^/]+)\/(\d+)\.m4s$/.exec(new URL(url).pathname) ?? [];
  return { rendition, segment: Number(segment) };
}

export interface Watching {
  /** Everything that the browser was given of segments, in order. */
  fetched: { url: string; method: string; status: number; atMs: number }[];
  /** Of segments that it did not get, or did not want any more. */
  failed: string[];
  /** Requests that are under way. */
  pending(): number;
}

/** Notes what a browser fetches of segments, sounds too. */
export function watch(context: BrowserContext): Watching {
  const pending = new Set<Request>();
  const watching: Watching = { fetched: [], failed: [], pending: () => pending.size };
  const isSegment = (request: Request): boolean => new URL(request.url()).pathname.endsWith(".m4s");
  context.on("request", (request) => {
    if (isSegment(request)) pending.add(request);
  });
  context.on("requestfailed", (request) => {
    if (pending.delete(request)) watching.failed.push(`${request.url()} ${request.failure()?.errorText}`);
  });
  context.on("requestfinished", async (request) => {
    if (!isSegment(request)) return;
    const status = (await request.response())?.status() ?? 0;
    watching.fetched.push({ url: request.url(), method: request.method(), status, atMs: Date.now() });
    pending.delete(request);
  });
  return watching;
}

/** Whom it is for: what the player calls itself (CTA-5004), else what the playlist did. */
function viewerOf(url: URL): string | null {
  return /sid="([^"]+)"/.exec(url.searchParams.get("CMCD") ?? "")?.[1] ?? url.searchParams.get("vsid");
}

/**
 * What is to be counted of that (docs/decisions/usage.md): each segment once for a viewer and hour, for its whole length, whether
 * it was sent whole or in parts, once or again.
 */
export function countedMs(fetched: Watching["fetched"], renditions: Renditions): Map<Tier, number> {
  const counted = new Set<string>();
  const sums = new Map<Tier, number>();
  for (const { url, method, status, atMs } of fetched) {
    const { rendition: name, segment } = placeOf(url);
    const rendition = renditions.get(name);
    const key = [Math.floor(atMs / HOUR_MS), viewerOf(new URL(url)), name, segment].join(" ");
    const isSent = method === "GET" && (status === 200 || status === 206);
    if (!isSent || rendition === undefined || counted.has(key)) continue;
    counted.add(key);
    sums.set(rendition.tier, (sums.get(rendition.tier) ?? 0) + (rendition.segments[segment]?.lengthMs ?? Number.NaN));
  }
  return sums;
}
