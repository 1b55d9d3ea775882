import { type Box, Fields, findBox, readBoxes } from "./box-reader.ts";
import { damaged } from "./mp4-error.ts";

/** What a decoder is told of an AAC track. */
export interface AacConfig {
  /** MPEG-4 audio object type: 2 = LC, 5 = SBR (HE-AAC), 29 = PS (HE-AAC v2). */
  objectType: number;
  /** 0 where the configuration does not say it in a number. */
  channels: number;
  /** Of what comes out of the decoder, Hz. */
  sampleRate: number;
}

/** ISO/IEC 14496-3 table 1.18. */
const SAMPLE_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350] as const;
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 0, 8, 0] as const;
const ESCAPED_RATE = 15;
const SBR = 5;
const PS = 29;
/** Main, LC, SSR, LTP: the types whose configuration may be followed by one of SBR. */
const LAST_PLAIN_TYPE = 4;
/** Error-resilient LC, low delay, enhanced low delay. */
const OTHER_AAC_TYPES = new Set([17, 23, 39]);

/** `esds` of an audio sample entry, in QuickTime files within `wave`. */
export function findEsds(boxes: readonly Box[]): Box | null {
  const wave = findBox(boxes, "wave");
  return findBox(boxes, "esds") ?? (wave === null ? null : findBox(readBoxes(wave.body), "esds"));
}

export interface DecoderConfig {
  /** ISO/IEC 14496-1 table 5: 0x40 = MPEG-4 audio, 0x66 to 0x68 = MPEG-2 AAC, 0x69 and 0x6b = MP3. */
  objectTypeIndication: number;
  /** AudioSpecificConfig; empty where there is none. */
  specificInfo: Uint8Array;
}

const ES_DESCRIPTOR = 3;
const DECODER_CONFIG_DESCRIPTOR = 4;
const SPECIFIC_INFO = 5;

/** ISO/IEC 14496-1 §7.2.6. */
export function readEsds(esds: Box): DecoderConfig {
  const stream = readDescriptor(new Fields(new Fields(esds.body).skip(4).takeRest()), ES_DESCRIPTOR);
  const flags = stream.skip(2).u8();
  if ((flags & 0x80) !== 0) stream.skip(2);
  if ((flags & 0x40) !== 0) stream.skip(stream.u8());
  if ((flags & 0x20) !== 0) stream.skip(2);
  const config = readDescriptor(stream, DECODER_CONFIG_DESCRIPTOR);
  const objectTypeIndication = config.u8();
  config.skip(12);
  const specificInfo = config.remaining === 0 ? new Uint8Array() : readDescriptor(config, SPECIFIC_INFO).takeRest();
  return { objectTypeIndication, specificInfo };
}

function readDescriptor(fields: Fields, tag: number): Fields {
  if (fields.u8() !== tag) throw damaged("its sound description (esds) is malformed");
  let length = 0;
  for (let byte = 0; byte < 4; byte++) {
    const bits = fields.u8();
    length = length * 128 + (bits & 127);
    if (bits < 128) break;
  }
  return new Fields(fields.take(Math.min(length, fields.remaining)));
}

/** ISO/IEC 14496-3 §1.6.2.1. Null where it is not AAC. */
export function readAudioSpecificConfig(bytes: Uint8Array): AacConfig | null {
  const bits = new Bits(bytes);
  const objectType = readObjectType(bits);
  const coreRate = readSampleRate(bits);
  const channels = CHANNELS[bits.read(4)] ?? 0;
  if (objectType === SBR || objectType === PS) {
    return {
      objectType,
      channels: objectType === PS && channels === 1 ? 2 : channels,
      sampleRate: readSampleRate(bits),
    };
  }
  const core = { objectType, channels, sampleRate: coreRate };
  if (OTHER_AAC_TYPES.has(objectType)) return core;
  if (objectType < 1 || objectType > LAST_PLAIN_TYPE) return null;
  return channels === 0 ? core : withExtension(bits, core);
}

/** SBR said behind the core's configuration, for decoders that do not know it (§1.6.5). */
function withExtension(bits: Bits, core: AacConfig): AacConfig {
  bits.read(1);
  if (bits.read(1) === 1) bits.read(14);
  const hasMore = bits.read(1) === 0 && bits.remaining >= 16;
  if (!hasMore || bits.read(11) !== 0x2b7 || readObjectType(bits) !== SBR || bits.read(1) === 0) return core;
  const sampleRate = readSampleRate(bits);
  const hasPs = bits.remaining >= 12 && bits.read(11) === 0x548 && bits.read(1) === 1;
  if (!hasPs) return { ...core, objectType: SBR, sampleRate };
  return { objectType: PS, channels: core.channels === 1 ? 2 : core.channels, sampleRate };
}

function readObjectType(bits: Bits): number {
  const type = bits.read(5);
  return type === 31 ? 32 + bits.read(6) : type;
}

function readSampleRate(bits: Bits): number {
  const index = bits.read(4);
  return index === ESCAPED_RATE ? bits.read(24) : (SAMPLE_RATES[index] ?? 0);
}

class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length * 8 - this.#at;
  }

  read(bitCount: number): number {
    if (bitCount > this.remaining) throw damaged("its sound description (AudioSpecificConfig) ends too early");
    let value = 0;
    for (let bit = 0; bit < bitCount; bit++, this.#at++) {
      value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }
}
