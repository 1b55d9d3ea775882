import type { Random } from "../../domain/simulation/random.ts";

/** Ways to spoil bytes, whatever they mean. */
export const BYTE_MUTATIONS: Record<string, (random: Random, body: Buffer) => Buffer> = {
  truncated: (random, body) => body.subarray(0, random.integer(0, body.length + 1)),
  bytes_flipped: (random, body) => {
    const spoiled = Buffer.from(body);
    for (let turn = random.integer(1, 20); turn > 0 && spoiled.length > 0; turn -= 1) {
      spoiled[random.integer(0, spoiled.length)] = random.integer(0, 256);
    }
    return spoiled;
  },
  bytes_inserted: (random, body) => {
    const at = random.integer(0, body.length + 1);
    return Buffer.concat([body.subarray(0, at), randomBytes(random, random.integer(1, 300)), body.subarray(at)]);
  },
  piece_repeated: (random, body) => {
    const [from, to] = [random.integer(0, body.length + 1), random.integer(0, body.length + 1)];
    return Buffer.concat([body.subarray(0, Math.max(from, to)), body.subarray(Math.min(from, to))]);
  },
  random_bytes: (random) => randomBytes(random, random.integer(0, 4_000)),
  other_encoding: (random, body) => {
    const encoding = random.pick(["utf16le", "latin1", "base64", "hex"] as const);
    return Buffer.from(
      encoding === "base64" || encoding === "hex" ? body.toString(encoding) : body.toString(),
      encoding,
    );
  },
};

export function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.integer(0, 256)));
}
