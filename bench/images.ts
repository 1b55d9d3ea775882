import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ask, byHand, storeSegment } from "./images/thumbnails.ts";
import { type Distribution, distributionOf } from "./measure/distribution.ts";
import { makeCameraFilm, makeHour } from "./ready/films.ts";
import { uploadAndPlay } from "./ready/upload.ts";
import { startVideoStack } from "./stack/video-stack.ts";

const USAGE = `node bench/images.ts [options]

Thumbnails at random times of an hour of 1080p, none asked for before, each in turn with ffmpeg by hand on the same file; then
the same within segments whose lowest rendition is stored. And one storyboard of the hour.

  --samples N    thumbnails of each kind (default 200)

Ends with 1 when p95 is not under 600 ms, or not under 100 ms where the rendition is stored.`;

const COLD_MS = 600;
const STORED_MS = 100;
/** Thumbnails of one stored segment. */
const PER_SEGMENT = 20;
const FILM_SECONDS = 10;
const HOUR_SECONDS = 3_600;
/** Segments of the hour begin about every four seconds; the first ones are stored already. */
const SEGMENTS = { first: 10, last: 880 };

const { values } = parseArgs({
  options: { samples: { type: "string", default: "200" }, help: { type: "boolean", short: "h", default: false } },
});
if (values.help) console.log(USAGE);
else process.exitCode = (await main(Math.max(1, Number(values.samples) || 1))) ? 0 : 1;

async function main(samples: number): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-images-"));
  const stack = await startVideoStack();
  try {
    console.log("making an hour of 1080p");
    const hour = await makeHour(await makeCameraFilm(folder, FILM_SECONDS), FILM_SECONDS, folder);
    const { playbackId } = await uploadAndPlay(stack, hour);
    const peer = (seconds: number): Promise<number> => byHand(hour, seconds, join(folder, "by-hand.jpg"));
    await ask(stack.stream, playbackId, 0); // opens the index, which every other finds
    const times = Array.from({ length: samples }, () => between(HOUR_SECONDS * 0.01, HOUR_SECONDS * 0.99));
    const cold = await inTurn(times, (seconds) => ask(stack.stream, playbackId, seconds), peer);
    const stored = await inTurn(
      await storedTimes(stack.stream, playbackId, samples),
      (seconds) => ask(stack.stream, playbackId, seconds),
      peer,
    );
    const startedMs = performance.now();
    const sheet = await fetch(`${stack.stream}/${playbackId}/storyboard.webp`);
    console.log(`storyboard of the hour: answered ${sheet.status} in ${Math.round(performance.now() - startedMs)} ms`);
    const isColdKept = report("cold", cold, COLD_MS);
    const isStoredKept = report("lowest rendition stored", stored, STORED_MS);
    return isColdKept && isStoredKept && sheet.status === 200; // the 15 s of delivery's patience are enough
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Pair {
  ours: Distribution;
  hand: Distribution;
}

/** Ours and the peer's alternate, so that both meet the same neighbours. */
async function inTurn(
  times: readonly number[],
  ours: (seconds: number) => Promise<number>,
  hand: (seconds: number) => Promise<number>,
): Promise<Pair> {
  const took: { ours: number[]; hand: number[] } = { ours: [], hand: [] };
  for (const seconds of times) {
    took.ours.push(await ours(seconds));
    took.hand.push(await hand(seconds));
  }
  return { ours: distributionOf(took.ours), hand: distributionOf(took.hand) };
}

async function storedTimes(stream: string, playbackId: string, samples: number): Promise<number[]> {
  const times: number[] = [];
  while (times.length < samples) {
    const segment = Math.floor(between(SEGMENTS.first, SEGMENTS.last));
    const [start, end] = await storeSegment(stream, playbackId, segment);
    const count = Math.min(PER_SEGMENT, samples - times.length);
    times.push(...Array.from({ length: count }, () => between(start, end)));
  }
  return times;
}

function report(name: string, { ours, hand }: Pair, limitMs: number): boolean {
  const isKept = ours.p95 < limitMs;
  const figures = ({ p50, p95, max }: Distribution): string =>
    [p50, p95, max].map((ms) => `${Math.round(ms)}`).join(" / ");
  console.log(
    `${name}, ${ours.count} thumbnails, p50 / p95 / max ms: ${figures(ours)}; ffmpeg by hand ${figures(hand)}`,
  );
  console.log(`  ratio of p95 ${(ours.p95 / hand.p95).toFixed(2)}; p95 < ${limitMs} ms: ${isKept ? "kept" : "MISSED"}`);
  return isKept;
}

function between(from: number, to: number): number {
  return Math.round((from + Math.random() * (to - from)) * 1_000) / 1_000;
}
