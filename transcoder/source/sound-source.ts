import { languageTag } from "../../domain/media/sound-language.ts";
import type { SoundSource } from "../../domain/media/sound-renditions.ts";
import type { AudioFacts } from "../../domain/media/source-facts.ts";
import { type AudioCodec, audioCodec } from "../../domain/mp4/codec.ts";
import type { Track } from "../../domain/mp4/movie.ts";
import { readAudioEntry, readSampleEntries } from "../../domain/mp4/sample-entry.ts";
import type { Sound, Source } from "./open-source.ts";

/** A sound of a source with what is known from elsewhere. */
export interface PlannedSound extends Sound {
  /** Of ffprobe, on the file as it was sent. */
  facts?: AudioFacts;
  /** dB; 0 unless given. */
  gainDb?: number;
}

/** AAC-LC, HE-AAC and its second version, also as MPEG-2 calls the first: what browsers play. */
const PLAYED_CODECS: readonly string[] = ["mp4a.40.2", "mp4a.40.5", "mp4a.40.29", "mp4a.67"];

/**
 * The tracks of a source that a file's sounds became, in the order of the facts: in the file itself by their ids; in what
 * standardising made of it ffmpeg has numbered them behind the picture. What is not heard is left out.
 */
export function soundsOf(source: Source, facts: readonly AudioFacts[], isStandardised: boolean): PlannedSound[] {
  const firstId = source.picture === null ? 1 : 2;
  return facts.flatMap((fact, at) => {
    const id = isStandardised ? firstId + at : fact.trackId;
    const sound = source.sounds.find(({ track }) => track.id === id);
    return sound === undefined ? [] : [{ ...sound, facts: fact }];
  });
}

/** What a plan is made of. Throws Mp4Error for a damaged description. */
export function soundSource({ track, index, facts, gainDb = 0 }: PlannedSound): SoundSource {
  const codec = audioCodec(track.stsd) ?? { codecs: "", ...(facts ?? entryOf(track)) };
  const { codecs, channels, sampleRate } = codec;
  const language = languageTag(track.language) ?? facts?.language ?? null;
  const found = { trackId: track.id, index, table: track.samples, language, title: facts?.title ?? track.name, gainDb };
  return { ...found, codecs: PLAYED_CODECS.includes(codecs) ? codecs : null, channels, sampleRate };
}

/** As the sample entry has it, which for some codecs is only a hint. */
function entryOf({ stsd }: Track): Omit<AudioCodec, "codecs"> {
  const [entry] = readSampleEntries(stsd);
  const { channels, sampleRate } = entry === undefined ? { channels: 0, sampleRate: 0 } : readAudioEntry(stsd, entry);
  return { channels: Math.max(1, channels), sampleRate };
}
