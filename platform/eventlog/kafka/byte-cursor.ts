/** Reads numbers of Kafka's protocol one after the other; 64-bit ones are exact as far as a number is. */
export class ByteCursor {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int16(): number {
    this.at += 2;
    return this.#bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.#bytes.readInt32BE(this.at - 4);
  }

  int64(): number {
    this.at += 8;
    return Number(this.#bytes.readBigInt64BE(this.at - 8));
  }

  /** Zigzag, up to 64 bits. */
  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#bytes.readUInt8(this.at);
      this.at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      factor *= 128;
    }
  }

  /** A view, not a copy. Length -1 is null, which reads as empty. */
  bytes(length: number): Buffer {
    const from = this.at;
    this.at += Math.max(0, length);
    return this.#bytes.subarray(from, this.at);
  }
}
