import { createHash } from "node:crypto";

/**
 * SHA-256 of bytes that become durable in order. What comes out of order is left to be read from the store: Node cannot keep
 * a half-made hash beyond the process.
 */
export class RunningHash {
  readonly #hash = createHash("sha256");
  #hashedBytes = 0;

  get hashedBytes(): number {
    return this.#hashedBytes;
  }

  /** Bytes that are durable now. */
  offer(start: number, bytes: Buffer): void {
    if (start > this.#hashedBytes || start + bytes.length <= this.#hashedBytes) return;
    const rest = bytes.subarray(this.#hashedBytes - start);
    this.#hash.update(rest);
    this.#hashedBytes += rest.length;
  }

  /** Of all that was hashed. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }
}
