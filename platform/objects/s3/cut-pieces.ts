/** Cuts a stream into buffers of one length, the last one shorter; nothing comes of an empty stream. */
export async function* cutPieces(body: AsyncIterable<unknown>, pieceBytes: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of body) {
    let rest = asBuffer(chunk);
    while (heldBytes + rest.length >= pieceBytes) {
      const taken = rest.subarray(0, pieceBytes - heldBytes);
      rest = rest.subarray(taken.length);
      yield Buffer.concat([...held, taken], pieceBytes);
      [held, heldBytes] = [[], 0];
    }
    if (rest.length > 0) held.push(rest);
    heldBytes += rest.length;
  }
  if (heldBytes > 0) yield Buffer.concat(held, heldBytes);
}

/** A stream gives bytes, or text when it was made of text. */
export function asBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError("a stream of bytes gave something else");
}
