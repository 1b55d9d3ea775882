import { closeSync, constants, type FSWatcher, openSync, readSync, watch, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { isCode } from "./segment-files.ts";

/**
 * `<topic>/durable`: the position below which every byte is on disk, as u64 and its CRC-32. Written in place after each
 * fdatasync and never synced itself: after power loss it may be old or unreadable, never ahead of the log.
 *
 * The calls are synchronous on purpose: 12 bytes of the page cache take 5 µs to write and 1.5 to read, through the thread pool ten times that.
 */
const BYTES = 12;
const POLL_MS = 5;
/** Some file systems (network, FUSE) accept a watch and never notify: so it is polled all the same. */
const WATCHED_POLL_MS = 20;

export class DurablePublisher {
  readonly #descriptor: number;
  readonly #bytes = Buffer.alloc(BYTES);

  constructor(directory: string) {
    this.#descriptor = openSync(durablePath(directory), constants.O_RDWR | constants.O_CREAT, 0o644);
  }

  publish(position: number): void {
    this.#bytes.writeBigUInt64LE(BigInt(position));
    this.#bytes.writeUInt32LE(crc32(this.#bytes.subarray(0, 8)), 8);
    writeSync(this.#descriptor, this.#bytes, 0, BYTES, 0);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/**
 * Reads the position, and waits for it to move: by the kernel's notification, else by polling. Measured with 16 idle
 * partitions: 0.3 ms from append to batch and 1.3 % of a core; polling alone, every 5 ms, took 5.7 ms and 4.4 %.
 */
export class DurableWatcher {
  readonly #path: string;
  readonly #bytes = Buffer.alloc(BYTES);
  #descriptor: number | null = null;
  #watcher: FSWatcher | null = null;
  #hasMoved = false;
  #wake: (() => void) | null = null;

  constructor(directory: string) {
    this.#path = durablePath(directory);
  }

  /** Null when there is no file yet, or when it is damaged: then nothing is known until a writer opens the topic. */
  read(): number | null {
    try {
      this.#descriptor ??= openSync(this.#path, constants.O_RDONLY);
    } catch (error) {
      if (isCode(error, "ENOENT")) return null;
      throw error;
    }
    const read = readSync(this.#descriptor, this.#bytes, 0, BYTES, 0);
    if (read < BYTES || crc32(this.#bytes.subarray(0, 8)) !== this.#bytes.readUInt32LE(8)) return null;
    return Number(this.#bytes.readBigUInt64LE(0));
  }

  /** Resolves when the position may have moved since the last call; at the latest after a poll interval. */
  async moved(): Promise<void> {
    this.#watcher ??= this.#watch();
    if (!this.#hasMoved) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#watcher === null ? POLL_MS : WATCHED_POLL_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
    this.#hasMoved = false;
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
    this.#watcher?.close();
    this.#watcher = null;
  }

  /** Null when there is nothing to watch yet, or the system has no watch left to give. */
  #watch(): FSWatcher | null {
    try {
      const watcher = watch(this.#path, () => {
        this.#hasMoved = true;
        this.#wake?.();
      });
      watcher.on("error", () => undefined); // polling goes on
      return watcher;
    } catch {
      return null;
    }
  }
}

const durablePath = (directory: string): string => join(directory, "durable");
