import { quietCuts, SPEECH_RATE } from "../../domain/captions/quiet-cuts.ts";
import type { SpokenLine } from "../../domain/captions/speech-captions.ts";
import { speechArguments } from "../../domain/media/sound-encode-arguments.ts";
import { soundEndSeconds } from "../../domain/media/sound-index.ts";
import { soundInput } from "../../domain/media/sound-input.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import type { Slots } from "../make/slots.ts";
import type { Recogniser } from "../recogniser.ts";
import type { Sound } from "../source/open-source.ts";
import { readSamples } from "../source/read-samples.ts";

export interface SpeechParts {
  objects: Objects;
  tools: FfmpegTools;
  recogniser: Recogniser;
  slots: Slots;
}

export interface SpeechOrder {
  environment: string;
  sourceKey: string;
  sound: Sound;
  signal: AbortSignal;
}

/** What is decoded and heard at once: some six seconds of work, which are lost when it has to give way; 2 MB. */
const STRETCH = 60 * SPEECH_RATE;
const DECODE_TIMEOUT_MS = 60_000;
const BYTES_PER_SAMPLE = 2;

/** What is heard up to `end`, in samples of the presentation; the next stretch begins there. */
interface Heard {
  end: number;
  lines: SpokenLine[];
}

/**
 * Writes down all that is said in a sound, stretch after stretch, whenever a place is free that nobody waits for; a stretch that
 * has to give way is lost and begun again. An hour takes some six minutes of one core. Resolves with lines in order, on the asset's
 * time line. Rejects with NoRecogniserError, RecogniserError, FfmpegError or Mp4Error.
 */
export async function writeDown(parts: SpeechParts, order: SpeechOrder): Promise<SpokenLine[]> {
  const end = Math.ceil(soundEndSeconds(order.sound.index) * SPEECH_RATE);
  const lines: SpokenLine[] = [];
  for (let start = 0; start < end; ) {
    const feed = { start, end: Math.min(end, start + STRETCH) };
    const heard = await whenFree(parts.slots, order, (signal) => hear(parts, order, feed, feed.end === end, signal));
    if (heard === null) continue;
    lines.push(...heard.lines);
    start = heard.end;
  }
  return lines;
}

/** Null where it had to give way. */
function whenFree<T>(
  slots: Slots,
  { environment, signal }: SpeechOrder,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  return slots.run({ environment, priority: () => "fill" }, signal, (giveWay) =>
    work(AbortSignal.any([signal, giveWay])).catch((error: unknown) => {
      if (signal.aborted || !giveWay.aborted) throw error;
      return null;
    }),
  );
}

async function hear(
  parts: SpeechParts,
  order: SpeechOrder,
  feed: { start: number; end: number },
  isEnd: boolean,
  signal: AbortSignal,
): Promise<Heard> {
  const sound = await decode(parts, order, feed, signal);
  if (sound === null) return { end: feed.end, lines: [] };
  const ends = quietCuts(sound, isEnd);
  const heard = await parts.recogniser.listen(sound, ends, signal);
  const startMs = (feed.start * 1_000) / SPEECH_RATE;
  return {
    end: feed.start + (ends.at(-1) ?? sound.length),
    lines: heard.map((line) => ({ ...line, startMs: startMs + line.startMs, endMs: startMs + line.endMs })),
  };
}

/** Null where the source has nothing to be heard. */
async function decode(
  { objects, tools }: SpeechParts,
  { sourceKey, sound }: SpeechOrder,
  feed: { start: number; end: number },
  signal: AbortSignal,
): Promise<Int16Array | null> {
  const input = soundInput(sound.track, sound.index, feed.start / SPEECH_RATE, feed.end / SPEECH_RATE);
  if (input === null) return null;
  const packets = await readSamples(objects, sourceKey, sound.track.samples, input.packets);
  const bytes = await tools.run({
    args: speechArguments(SPEECH_RATE, feed),
    stdin: Buffer.concat([...input.head, packets]),
    maxOutputBytes: (feed.end - feed.start) * BYTES_PER_SAMPLE,
    timeoutMs: DECODE_TIMEOUT_MS,
    signal,
    isBackground: true,
  });
  return bytes.length === 0 ? null : new Int16Array(bytes.slice().buffer);
}
