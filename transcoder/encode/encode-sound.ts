import type { AudioRendition, Plan } from "../../domain/media/plan.ts";
import {
  encoderShift,
  silenceEncodeArguments,
  soundEncodeArguments,
} from "../../domain/media/sound-encode-arguments.ts";
import { PACKET_SAMPLES, plannedGrid } from "../../domain/media/sound-grid.ts";
import { soundCuts } from "../../domain/media/sound-index.ts";
import { soundInput } from "../../domain/media/sound-input.ts";
import type { SoundRun } from "../../domain/media/sound-runs.ts";
import { audioCodec } from "../../domain/mp4/codec.ts";
import { withoutLabels } from "../../domain/mp4/encoder-labels.ts";
import { writeFragmentHeader } from "../../domain/mp4/fragment.ts";
import { writeInitSegment } from "../../domain/mp4/init-segment.ts";
import { type Fragments, readFragments } from "../../domain/mp4/read-fragments.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegRun, FfmpegTools } from "../ffmpeg.ts";
import type { Sound } from "../source/open-source.ts";
import { readSamples } from "../source/read-samples.ts";
import { EncodeMismatchError } from "./rewrite-segment.ts";

export interface SoundJob {
  sourceKey: string;
  sound: Sound;
  plan: Plan;
  rendition: AudioRendition;
  run: SoundRun;
  signal: AbortSignal;
}

export interface EncodedSound {
  /** The same for every run of the rendition; whoever stores it compares. */
  init: Uint8Array;
  segments: readonly { segment: number; bytes: Buffer }[];
}

/**
 * Packets that are encoded before a run's first one and thrown away. Without them joins click (10 dB signal-to-noise); from four
 * on they are as good as anywhere in one continuous encode (docs/decisions/sound.md).
 */
const PREROLL_PACKETS = 4;
/** 20 minutes of 5.1: no run is that long. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const BYTES_PER_SILENT_SAMPLE = 2;

/**
 * Makes a run of segments of encoded sound. The result is exact: the packets of the grid that the plan has there, each at its
 * time, or it is refused (EncodeMismatchError).
 */
export async function encodeSound(tools: FfmpegTools, objects: Objects, job: SoundJob): Promise<EncodedSound> {
  const { plan, rendition, run } = job;
  const grid = plannedGrid(rendition);
  const boundaries = plan.boundaries.map((ticks) => ticks / plan.timescale);
  const cuts = soundCuts(grid, boundaries).slice(run.first, run.end + 1);
  const [first = 0, end = 0] = [cuts[0], cuts.at(-1)];
  if (end <= first) throw new RangeError(`${rendition.name} has no sound in segment ${run.first}`);
  const { stsd, packets } = await encodePackets(tools, objects, job, { first, end });
  const segments = cuts.slice(0, -1).flatMap((from, n) => {
    const own = packets.slice(from - first, (cuts[n + 1] ?? from) - first);
    if (own.length === 0) return [];
    const segment = run.first + n;
    const samples = own.map(({ length }) => ({ size: length, duration: PACKET_SAMPLES, ctsOffset: 0, isSync: true }));
    const header = writeFragmentHeader({ sequence: segment + 1, baseDecodeTime: from * PACKET_SAMPLES, samples });
    return [{ segment, bytes: Buffer.concat([header, ...own]) }];
  });
  const facts = { timescale: rendition.sampleRate, stsd: withoutLabels(stsd), editMediaTime: grid.editMediaTime };
  return { init: writeInitSegment({ kind: "audio", ...facts, widthPx: 0, heightPx: 0 }), segments };
}

/** Packets [first, end) of the grid. */
interface PacketRange {
  first: number;
  end: number;
}

interface Packets {
  stsd: Uint8Array;
  packets: readonly Uint8Array[];
}

async function encodePackets(
  tools: FfmpegTools,
  objects: Objects,
  { sourceKey, sound, rendition, signal }: SoundJob,
  range: PacketRange,
): Promise<Packets> {
  // packet n begins with sample (n - 1) × 1,024, and needs the 1,024 behind its own too
  const feed = {
    start: Math.max(0, range.first - 1 - PREROLL_PACKETS) * PACKET_SAMPLES,
    end: range.end * PACKET_SAMPLES,
  };
  const { sampleRate, channels } = rendition;
  const run = async (args: FfmpegRun["args"], stdin: Buffer): Promise<Packets> => {
    const limits = { maxOutputBytes: MAX_OUTPUT_BYTES, timeoutMs: TIMEOUT_MS, signal };
    return plannedPackets(await tools.run({ args, stdin, ...limits }), rendition, range);
  };
  const silence = (): Promise<Packets> =>
    run(
      silenceEncodeArguments({ rendition, feed }),
      Buffer.alloc((feed.end - feed.start) * channels * BYTES_PER_SILENT_SAMPLE),
    );
  const input = soundInput(sound.track, sound.index, feed.start / sampleRate, feed.end / sampleRate);
  if (input === null) return silence();
  const bytes = await readSamples(objects, sourceKey, sound.track.samples, input.packets);
  try {
    return await run(soundEncodeArguments({ rendition, feed }), Buffer.concat([...input.head, bytes]));
  } catch (error) {
    if (input.beginsWithin || !(error instanceof EncodeMismatchError)) throw error;
    return silence(); // what began before was over: nothing came out of the decoder
  }
}

/** The packets of the range. What the encoder wrote before and behind it goes. */
function plannedPackets(output: Uint8Array, rendition: AudioRendition, { first, end }: PacketRange): Packets {
  const { init, samples } = fragmentsOf(output, rendition);
  const codec = audioCodec(init.stsd);
  const isPromised =
    codec?.codecs === rendition.codecs &&
    codec.channels === rendition.channels &&
    init.timescale === rendition.sampleRate;
  if (!isPromised) {
    const made = `${codec?.codecs} of ${codec?.channels} channels at ${init.timescale} Hz`;
    throw new EncodeMismatchError(`${rendition.name}: the encoder made ${made}`);
  }
  const packetOf = (presentationTime: number): number =>
    (presentationTime - encoderShift(rendition)) / PACKET_SAMPLES + 1;
  const wanted = samples.filter(({ presentationTime }) => {
    const packet = packetOf(presentationTime);
    return packet >= first && packet < end;
  });
  const isExact = wanted.every(({ presentationTime }, n) => packetOf(presentationTime) === first + n);
  if (!isExact || wanted.length !== end - first) {
    throw new EncodeMismatchError(
      `${rendition.name}: ${wanted.length} packets of ${end - first} from ${first} on, or at other times`,
    );
  }
  return { stsd: init.stsd, packets: wanted.map(({ start, size }) => output.subarray(start, start + size)) };
}

function fragmentsOf(output: Uint8Array, { name }: AudioRendition): Fragments {
  try {
    return readFragments(output);
  } catch (cause) {
    throw new EncodeMismatchError(`${name}: the encoder wrote nothing that can be read`, { cause });
  }
}
