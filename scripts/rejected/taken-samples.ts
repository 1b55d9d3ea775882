import { join } from "node:path";
import type { StoredSample } from "../../platform/clickhouse/rejected-beacons.ts";
import { readJson, writePrivately } from "../supervise/private-file.ts";

/** As long as samples are kept. */
const KEPT_MS = 7 * 86_400_000;

/** Samples that were sent again and taken whole, remembered in the data folder so that none is sent once more. */
export class TakenSamples {
  readonly #file: string;
  readonly #arrivals: Map<string, number>;

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, "replayed.json");
    const kept = readJson(this.#file);
    const entries = typeof kept === "object" && kept !== null ? Object.entries(kept) : [];
    this.#arrivals = new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
  }

  add(sample: StoredSample): void {
    this.#arrivals.set(placeText(sample), sample.at_ms);
  }

  /** Those that are still to be sent. */
  async *without(samples: AsyncIterable<StoredSample>): AsyncGenerator<StoredSample> {
    for await (const sample of samples) if (!this.#arrivals.has(placeText(sample))) yield sample;
  }

  save(nowMs: number): void {
    const living = [...this.#arrivals].filter(([, atMs]) => nowMs - atMs < KEPT_MS);
    writePrivately(this.#file, Object.fromEntries(living));
  }
}

/** A record of the log holds up to one sample per item; the arrival tells logs apart that began anew. */
function placeText({ at_ms, stage, partition, position, item }: StoredSample): string {
  return [at_ms, stage, partition, position, item].join(".");
}
