import type { EmbeddedChannel } from "../../asset/text-track.ts";
import { byStart, type Captions } from "../captions.ts";
import type { CaptionPairs } from "./caption-pairs.ts";
import { ChannelDecoder } from "./channel-decoder.ts";

/** The captions that one picture carries. */
export interface TimedPairs extends CaptionPairs {
  /** When the picture is shown, in milliseconds of the asset's time line. */
  timeMs: number;
}

/** Parity is not looked at: what is wrong in a file was wrong when it was made. */
const DATA_BITS = 0x7f;

/**
 * Captions of all four channels of CEA-608 that say anything.
 *
 * @param pictures in the order in which they are shown: captions are sent in that order
 * @param endMs when the last picture ends, and what is still on screen with it
 */
export function decodeCea608(pictures: Iterable<TimedPairs>, endMs: number): Map<EmbeddedChannel, Captions> {
  const first = new FieldDecoder(new ChannelDecoder(), new ChannelDecoder());
  const second = new FieldDecoder(new ChannelDecoder(), new ChannelDecoder());
  for (const { timeMs, field1, field2 } of pictures) {
    first.feed(field1, timeMs);
    second.feed(field2, timeMs);
  }
  const channels = { CC1: first.one, CC2: first.other, CC3: second.one, CC4: second.other };
  const found = new Map<EmbeddedChannel, Captions>();
  for (const name of ["CC1", "CC2", "CC3", "CC4"] as const) {
    channels[name].end(endMs);
    const { cues } = channels[name];
    if (cues.length > 0) found.set(name, { version: 1, blocks: [], cues: byStart(cues) });
  }
  return found;
}

/** Takes a field's bytes to its two channels (CTA-608-E §B). */
class FieldDecoder {
  readonly one: ChannelDecoder;
  readonly other: ChannelDecoder;
  /** Which of them characters go to; null before the first code, and while other services are sent. */
  #current: ChannelDecoder | null = null;
  /** Control codes are sent twice, since a lost one hurts: the second counts nothing. */
  #last: number | null = null;

  constructor(one: ChannelDecoder, other: ChannelDecoder) {
    this.one = one;
    this.other = other;
  }

  feed(bytes: readonly number[], timeMs: number): void {
    for (let at = 0; at + 1 < bytes.length; at += 2) {
      this.#pair((bytes[at] ?? 0) & DATA_BITS, (bytes[at + 1] ?? 0) & DATA_BITS, timeMs);
    }
  }

  #pair(first: number, second: number, timeMs: number): void {
    if (first === 0 && second === 0) return;
    if (first >= 0x10 && first < 0x20) {
      this.#control(first, second, timeMs);
      return;
    }
    this.#last = null;
    if (first > 0 && first < 0x10) this.#current = null; // programme information (XDS) until the next code
    for (const byte of [first, second]) if (byte >= 0x20) this.#current?.character(byte, timeMs);
  }

  #control(first: number, second: number, timeMs: number): void {
    const code = first * 256 + second;
    const isRepeated = this.#last === code;
    this.#last = isRepeated ? null : code;
    if (isRepeated || second < 0x20) return;
    this.#current = (first & 8) === 0 ? this.one : this.other;
    this.#current.control(first & ~8, second, timeMs);
  }
}
