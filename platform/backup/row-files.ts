import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { PassThrough, type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

/** Packs what comes into a file. Resolves with the packed bytes' SHA-256 once all is on the disk. */
export async function packTo(path: string, source: AsyncIterable<Uint8Array | string>): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash("sha256");
  const hashed = new Transform({
    transform: (bytes: Buffer, _, done) => {
      hash.update(bytes);
      done(null, bytes);
    },
  });
  await pipeline(source, createGzip({ level: 1 }), hashed, createWriteStream(path, { flush: true }));
  return hash.digest("hex");
}

/** The unpacked bytes of a file; an error of it comes with the stream. */
export function unpackFrom(path: string): Readable {
  const out = new PassThrough();
  pipeline(createReadStream(path), createGunzip(), out).catch((error: Error) => out.destroy(error));
  return out;
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
