import { acquireLease, type Lease } from "./lease.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** Takes each partition of a group that no live process holds, and notices when one is lost. */
export class GroupLeases {
  readonly #directory: string;
  readonly #partitions: number;
  readonly #self: ProcessIdentity;
  readonly #held = new Map<number, Lease>();

  constructor(directory: string, partitions: number, self: ProcessIdentity) {
    this.#directory = directory;
    this.#partitions = partitions;
    this.#self = self;
  }

  /** Partitions gained by this call. */
  async acquireFree(): Promise<number[]> {
    const gained: number[] = [];
    for (let partition = 0; partition < this.#partitions; partition += 1) {
      if (this.#held.has(partition)) continue;
      const attempt = await acquireLease(this.#directory, `${partition}.lease`, this.#self);
      if (attempt.kind === "busy") continue;
      this.#held.set(partition, attempt.lease);
      gained.push(partition);
    }
    return gained;
  }

  /** Partitions that another process has taken meanwhile; they count as held until released. */
  async heartbeat(): Promise<number[]> {
    const lost: number[] = [];
    for (const [partition, lease] of this.#held) {
      if (!(await lease.heartbeat())) lost.push(partition);
    }
    return lost;
  }

  async release(partition: number): Promise<void> {
    await this.#held.get(partition)?.release();
    this.#held.delete(partition);
  }
}
