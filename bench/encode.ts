import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { segmentSeconds } from "../domain/media/plan.ts";
import { coldSegments, readWhole } from "./encode/cold-segments.ts";
import { encodeSegment, encodeWhole } from "./encode/peer.ts";
import { settled, watchFilm } from "./encode/watched-film.ts";
import { watchCpuSeconds } from "./measure/cpu-seconds.ts";
import { makeCameraFilm } from "./ready/films.ts";
import { startVideoStack, type VideoStack } from "./stack/video-stack.ts";

/**
 * `npm run bench:encode`: processor time of the transcoder, with everything that it does, beside one run of ffmpeg that makes the same
 * renditions of the same film with the same arguments: filling in a whole ladder; a viewer who walks through the highest encoded
 * rendition; a segment that nobody has asked for. And how long that one waits.
 */
const FILL_RATIO = 1.15;
const WALK_RATIO = 1.3;
const COLD_ENCODED_MS = 1_500;
const COLD_COPIED_MS = 50;
const COLD_RATIO = 1.2;
/** Long enough that taking it in, which is counted, is little beside. */
const SECONDS = 40;
const COLD_SECONDS = 10;
const COLD_ROUNDS = { encoded: 12, copied: 40 };
const IDLE_MS = 5_000;
/** Nobody encodes for so little of what ffmpeg takes: the measurement is wrong. */
const IMPOSSIBLE_RATIO = 0.8;

const folder = await mkdtemp(join(tmpdir(), "playhead-encode-"));
const promises: boolean[] = [];
try {
  const film = await makeCameraFilm(folder, SECONDS);
  await withStack("1", (stack) => fill(stack, film));
  await withStack("0", async (stack) => {
    await walk(stack, film);
    await cold(stack, await makeCameraFilm(folder, COLD_SECONDS));
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
const isKept = promises.every(Boolean);
console.log(isKept ? "\nall promises are kept" : "\nNOT all promises are kept");
process.exitCode = isKept ? 0 : 1;

async function withStack(isFilling: "0" | "1", work: (stack: VideoStack) => Promise<void>): Promise<void> {
  const stack = await startVideoStack({ variables: { TRANSCODER_FILL: isFilling } });
  try {
    await work(stack);
  } finally {
    await stack.stop();
  }
}

/** Taking the film in and the first segments that are made for viewers to come are counted too. */
async function fill(stack: VideoStack, film: string): Promise<void> {
  const spent = await spentBy(stack);
  const { plan, encoded, filled } = await watchFilm(stack, film);
  await filled();
  await settled(stack);
  const ours = spent();
  const peer = (await encodeWhole(film, plan, encoded, folder)).cpuSeconds;
  const names = encoded.map(({ name }) => name).join(", ");
  tell(`fill ${names} of ${SECONDS} s`, ours, peer, FILL_RATIO);
}

async function walk(stack: VideoStack, film: string): Promise<void> {
  const { plan, encoded, url } = await watchFilm(stack, film);
  const [top] = encoded;
  if (top === undefined) throw new Error("the plan has no encoded rendition");
  await settled(stack);
  const spent = await spentBy(stack);
  await readWhole(url(top.name));
  for (const segment of segmentSeconds(plan, top).keys()) await readWhole(url(top.name, segment));
  await settled(stack);
  const ours = spent();
  const peer = (await encodeWhole(film, plan, [top], folder)).cpuSeconds;
  tell(`a viewer walks ${top.name} of ${SECONDS} s`, ours, peer, WALK_RATIO);
  let alone = 0;
  for (const segment of segmentSeconds(plan, top).keys()) {
    alone += (await encodeSegment(film, plan, top, segment, folder)).cpuSeconds;
  }
  const each = segmentSeconds(plan, top).length;
  console.log(
    `a cold segment of ${top.name}: ${(ours / each).toFixed(2)} s of processor time, one ffmpeg ${(alone / each).toFixed(2)} s, a share of the whole film's run ${(peer / each).toFixed(2)} s`,
  );
}

async function cold(stack: VideoStack, film: string): Promise<void> {
  const { encodedMs, copiedMs, peerMs } = await coldSegments(stack, film, "720p", COLD_ROUNDS, folder);
  const ratio = encodedMs.p50 / peerMs.p50;
  promises.push(encodedMs.p95 < COLD_ENCODED_MS, copiedMs.p95 < COLD_COPIED_MS, ratio <= COLD_RATIO);
  console.log(
    `first segment of 720p, cold: p50 ${ms(encodedMs.p50)}, p95 ${ms(encodedMs.p95)} (< ${ms(COLD_ENCODED_MS)}); one ffmpeg p50 ${ms(peerMs.p50)}: ratio ${ratio.toFixed(2)} (≤ ${COLD_RATIO})`,
  );
  console.log(
    `first segment of the copied rendition, cold: p50 ${ms(copiedMs.p50)}, p95 ${ms(copiedMs.p95)} (< ${ms(COLD_COPIED_MS)})`,
  );
}

/**
 * Seconds of processor time that the transcoder and all that it runs take from now on, beyond what it takes when it has nothing
 * to do: on a busy machine the same work lasts longer, and looking for jobs goes on meanwhile.
 */
async function spentBy(stack: VideoStack): Promise<() => number> {
  await settled(stack);
  const watch = watchCpuSeconds(stack.pid("transcoder"));
  const atFirst = watch.seconds();
  await sleep(IDLE_MS);
  const [before, startedMs] = [watch.seconds(), performance.now()];
  const idleRate = (before - atFirst) / IDLE_MS;
  return () => {
    watch.stop();
    return watch.seconds() - before - idleRate * (performance.now() - startedMs);
  };
}

function tell(what: string, ours: number, peer: number, limit: number): void {
  const ratio = ours / peer;
  if (ratio < IMPOSSIBLE_RATIO) throw new Error(`${what}: ${ours} s beside ${peer} s were not measured rightly`);
  promises.push(ratio <= limit);
  console.log(
    `${what}: ${ours.toFixed(1)} s of processor time, one ffmpeg ${peer.toFixed(1)} s: ratio ${ratio.toFixed(2)} (≤ ${limit})`,
  );
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
