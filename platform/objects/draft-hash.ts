import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";

const READ_BYTES = 1_048_576;

/**
 * SHA-256 of a file that is being filled: bytes that come in order are hashed as they pass, all others are read from the file
 * once nothing is missing before them. Node cannot keep a half-made hash beyond the process, so a new one begins at the first byte.
 */
export class DraftHash {
  readonly #path: string;
  readonly #hash = createHash("sha256");
  #hashedBytes = 0;
  /** How far the file is whole. */
  #goalBytes = 0;
  #following: Promise<void> | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Bytes that are written, or just being. */
  offer(at: number, pieces: readonly Buffer[]): void {
    if (at !== this.#hashedBytes || this.#following !== null) return;
    for (const bytes of pieces) {
      this.#hash.update(bytes);
      this.#hashedBytes += bytes.length;
    }
  }

  /** Catches up in the background; a failure shows in the digest, which tries again. */
  follow(contiguousBytes: number): void {
    this.#goalBytes = Math.max(this.#goalBytes, contiguousBytes);
    if (this.#following === null && this.#hashedBytes < this.#goalBytes) this.#catchUp().catch(() => {});
  }

  /** Of the first `sizeBytes`, which must be all there is. */
  async digest(sizeBytes: number): Promise<string> {
    this.#goalBytes = Math.max(this.#goalBytes, sizeBytes);
    while (this.#hashedBytes < this.#goalBytes) await this.#catchUp();
    if (this.#hashedBytes !== sizeBytes) throw new Error(`${this.#hashedBytes} bytes were hashed, not ${sizeBytes}`);
    return this.#hash.copy().digest("hex");
  }

  #catchUp(): Promise<void> {
    this.#following ??= this.#read().finally(() => {
      this.#following = null;
    });
    return this.#following;
  }

  async #read(): Promise<void> {
    const file = await open(this.#path, constants.O_RDONLY);
    try {
      const buffer = Buffer.alloc(READ_BYTES);
      while (this.#hashedBytes < this.#goalBytes) {
        const wanted = Math.min(READ_BYTES, this.#goalBytes - this.#hashedBytes);
        const { bytesRead } = await file.read(buffer, 0, wanted, this.#hashedBytes);
        if (bytesRead === 0) throw new Error(`${this.#path} ends before byte ${this.#goalBytes}`);
        this.#hash.update(buffer.subarray(0, bytesRead));
        this.#hashedBytes += bytesRead;
      }
    } finally {
      await file.close();
    }
  }
}
