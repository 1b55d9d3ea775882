import { LOUDNESS_ARGUMENTS, type Loudness, readLoudness } from "../../domain/media/loudness.ts";
import { packetsAt, soundFragment, soundInit } from "../../domain/media/sound-input.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import type { Sound } from "../source/open-source.ts";
import { readSamples } from "../source/read-samples.ts";

/** Packets that are read and handed over at once: twenty seconds of AAC. */
const PACKETS_AT_ONCE = 1_000;
/** 70 bytes each time a hundred milliseconds pass, twelve hours long, and several lines of them. */
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;
/** Twelve hours are measured in two minutes; a busy machine may need more. */
const TIMEOUT_MS = 30 * 60_000;

/**
 * Measures all of a sound by decoding it once, 400 times faster than it plays. Only its own packets are read. Null where
 * nothing is heard. Rejects with FfmpegError.
 */
export async function measureLoudness(
  tools: FfmpegTools,
  objects: Objects,
  sourceKey: string,
  sound: Sound,
  signal: AbortSignal,
): Promise<Loudness | null> {
  const printed = await tools.run({
    args: { input: ["-threads", "1", "-f", "mov"], output: LOUDNESS_ARGUMENTS },
    stdin: fragments(objects, sourceKey, sound),
    maxOutputBytes: MAX_OUTPUT_BYTES,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  return readLoudness(Buffer.from(printed).toString("latin1"));
}

async function* fragments(objects: Objects, key: string, { track, index }: Sound): AsyncGenerator<Uint8Array> {
  yield soundInit(track);
  const count = index.times.length - 1;
  for (let from = 0; from < count; from += PACKETS_AT_ONCE) {
    const places = { from, to: Math.min(count, from + PACKETS_AT_ONCE) };
    yield soundFragment(track, index, places);
    yield await readSamples(objects, key, track.samples, packetsAt(index, places));
  }
}
