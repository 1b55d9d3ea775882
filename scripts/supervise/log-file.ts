import { closeSync, openSync, renameSync, statSync, writeSync } from "node:fs";

/** One older generation is kept beside it, so a program's logs take at most twice this. */
const MAX_BYTES = 20 * 1024 * 1024;

/**
 * A program's log on disk. Written synchronously: lines are few, and the last ones before a crash matter most.
 * A full disk loses lines, never the supervisor.
 */
export class LogFile {
  readonly #path: string;
  readonly #maxBytes: number;
  #descriptor: number;
  #sizeBytes: number;

  constructor(path: string, maxBytes = MAX_BYTES) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#descriptor = openSync(path, "a", 0o600);
    this.#sizeBytes = statSync(path).size;
    if (this.#sizeBytes >= maxBytes) this.#rotate();
  }

  write(text: string): void {
    try {
      this.#sizeBytes += writeSync(this.#descriptor, text);
      if (this.#sizeBytes >= this.#maxBytes) this.#rotate();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    renameSync(this.#path, `${this.#path}.1`);
    this.#descriptor = openSync(this.#path, "a", 0o600);
    this.#sizeBytes = 0;
  }
}
