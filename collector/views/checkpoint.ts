import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { LifeStage } from "../../domain/view/life-cycle.ts";
import { restoreView, serializeView } from "../../domain/view/view-state.ts";
import type { LogRecord, StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { readEarlierCheckpoint } from "./earlier-checkpoint.ts";
import type { EventCounts } from "./event-counts.ts";
import { newOpenView, type OpenView } from "./open-view.ts";
import { packText, unpackJson, unpackText } from "./packed-json.ts";
import type { PartitionFold } from "./partition-fold.ts";
import { cutValue, joinParts, partKeys } from "./record-parts.ts";
import { SavedFinals } from "./saved-finals.ts";
import { aliveAt, aliveBits, type SavedChunk } from "./saved-views.ts";

/**
 * Checkpoints of fold state in the compacted topic `views_state`. A checkpoint writes what changed since the last one,
 * and a manifest that names every record of which the whole state consists:
 *
 *   key `{partition}/views/{id}` → zstd of two lines a view: JSON [environmentId, stage, stageAtMs], JSON of the state;
 *     a view that is too large for one record goes on in `{id}+1`, `{id}+2`, …
 *   key `{partition}/finals/{id}` → entries of one hour's final views, see HourOfFinals
 *   key `{partition}/manifest/{id}` → zstd of JSON Manifest, written behind all that it names
 *
 * An id is never used twice, so nothing is ever overwritten: wherever a crash cuts a checkpoint off, the last manifest
 * finds its records as they were. What a manifest no longer names is deleted with the checkpoint after it, so that two
 * are whole at any time. Ids hold a name of their writer: one that lost its partition without knowing it yet writes
 * beside the new one, not into its records; and since it cannot commit, it deletes nothing that the new one has read.
 */
interface Manifest {
  v: 2;
  /** Counts the checkpoints of the partition. */
  number: number;
  /** Log position and time up to which the state is folded. */
  nextOffset: number;
  watermarkMs: number;
  counts: EventCounts;
  /** Bits as in `aliveBits`; in one record where nothing else is said. */
  views: [key: string, writtenBy: number, count: number, alive: string, records?: number][];
  finals: ReturnType<SavedFinals["list"]>;
  /** `PartitionFold.cutAtMs`; absent where nothing is missing. */
  cutAtMs?: number;
}

/** Text length of a record of views before compression: a broker takes 1 MB. */
const CHUNK_LENGTH = 400_000;

/** Records of one checkpoint, in the order in which they have to be appended. */
export interface WrittenCheckpoint {
  records: LogRecord[];
  /** To be called once when the records are durable, or with false when they may not be. */
  settle(isDurable: boolean): void;
}

/** Writes the checkpoints of one partition for as long as it is held. */
export class Checkpoints {
  readonly #partition: number;
  readonly #writer: string;
  #serial = 0;
  #number = 0;
  /** Keys of the newest durable checkpoint, its manifest included. */
  #named: ReadonlySet<string> = new Set();
  /** Keys that may be in the topic and that the newest durable checkpoint does not need. */
  #superfluous: ReadonlySet<string> = new Set();
  /** Those of them that the newest committed one did not need either: nobody can have taken up the partition before it. */
  #deletable: ReadonlySet<string> = new Set();
  #finals = new SavedFinals();

  /** @param writer differs from that of every other holder of the partition, before and after */
  constructor(partition: number, writer: string) {
    this.#partition = partition;
    this.#writer = writer;
  }

  /** Fills an empty fold from the newest whole checkpoint among the records; false where there is none. */
  async read(records: AsyncIterable<StoredRecord>, fold: PartitionFold): Promise<boolean> {
    const present = new Map<string, Buffer>();
    for await (const { key, value } of records) {
      if (value.length === 0) present.delete(key);
      else present.set(key, value);
    }
    const prefix = `${this.#partition}/manifest/`;
    const manifests = [...present.keys()].filter((key) => key.startsWith(prefix)).reverse(); // newest first
    const found = manifests.some((key) => this.#restore(key, present, fold));
    this.#superfluous = new Set([...present.keys()].filter((key) => !this.#named.has(key))); // nobody else's are here
    return found || readEarlierCheckpoint(this.#partition, present, fold);
  }

  /** For a fold that begins anew, because what was read is of no use: it will be deleted. */
  anew(): Checkpoints {
    const anew = new Checkpoints(this.#partition, this.#writer);
    anew.#serial = this.#serial;
    anew.#superfluous = new Set([...this.#superfluous, ...this.#named]);
    return anew;
  }

  /** Records that store the fold's present state; call when all rows up to it are stored or about to be. */
  write(fold: PartitionFold): WrittenCheckpoint {
    const number = this.#number + 1;
    const record = (key: string, value: Buffer): LogRecord => ({
      partition: this.#partition,
      key,
      value,
      timestampMs: fold.watermarkMs,
    });
    const written = [...this.#writeViews(fold, number)];
    const finals = this.#finals.next(fold.finals, number, () => this.#newKey("finals"));
    const manifestKey = this.#newKey("manifest");
    const { nextOffset, watermarkMs, counts } = fold;
    const views = fold.saved.chunks().map((chunk): Manifest["views"][number] => {
      return [chunk.key, chunk.writtenBy, chunk.views.length, aliveBits(chunk), chunk.records];
    });
    const list = finals.list();
    const manifest: Manifest = { v: 2, number, nextOffset, watermarkMs, counts, views, finals: list };
    if (fold.cutAtMs !== null) manifest.cutAtMs = fold.cutAtMs;
    const named = namesOf(manifestKey, manifest);
    const added = [
      ...written.flatMap(({ chunk: { key, records }, parts }) =>
        partKeys(key, records).map((partKey, part) => record(partKey, parts[part] ?? Buffer.alloc(0))),
      ),
      ...finals.written.map(({ key, value }) => record(key, value)),
      record(manifestKey, packText(JSON.stringify(manifest))),
    ];
    const deleted = this.#deletable;
    const settle = (isDurable: boolean): void => {
      if (isDurable) {
        const left = [...this.#superfluous].filter((key) => !deleted.has(key));
        this.#superfluous = new Set([...left, ...[...this.#named].filter((key) => !named.has(key))]);
        this.#deletable = new Set();
        this.#named = named;
        this.#number = number;
        this.#finals = finals;
        return;
      }
      this.#superfluous = new Set([...this.#superfluous, ...added.map(({ key }) => key)]);
      for (const { chunk } of written) fold.saved.lose(chunk);
    };
    return { records: [...added, ...[...deleted].map((key) => record(key, Buffer.alloc(0)))], settle };
  }

  /** Call when the offset of the newest durable checkpoint is committed: then the partition was still ours. */
  committed(): void {
    this.#deletable = this.#superfluous;
  }

  #newKey(kind: "views" | "finals" | "manifest"): string {
    this.#serial += 1;
    return `${this.#partition}/${kind}/${this.#writer}.${this.#serial}`;
  }

  /** Complete views apart from the others, which will have changed by the next checkpoint. */
  *#writeViews(fold: PartitionFold, number: number): Iterable<{ chunk: SavedChunk; parts: Buffer[] }> {
    const views = fold.saved.take(number);
    for (const some of [views.filter(isSettled), views.filter((open) => !isSettled(open))]) {
      for (const { members, text } of cutIntoChunks(some)) {
        const parts = cutValue(packText(text));
        const place = { key: this.#newKey("views"), records: parts.length, writtenBy: number };
        yield { chunk: fold.saved.save(place, members), parts };
      }
    }
  }

  #restore(key: string, present: ReadonlyMap<string, Buffer>, fold: PartitionFold): boolean {
    const manifest = unpackJson<Manifest>(present.get(key));
    if (manifest === null) return false;
    const finals = SavedFinals.from(manifest.finals);
    const chunks = manifest.views.map((saved) => {
      const [chunkKey, , count, , records = 1] = saved;
      return { saved, lines: readLines(joinParts(chunkKey, records, present), count) };
    });
    if (chunks.some(({ lines }) => lines === null) || !finals.areIn(present)) return false;
    for (const { saved, lines } of chunks) restoreChunk(fold, saved, lines ?? []);
    finals.restore(present, fold.finals);
    Object.assign(fold.counts, manifest.counts);
    fold.nextOffset = manifest.nextOffset;
    fold.watermarkMs = manifest.watermarkMs;
    fold.cutAtMs = manifest.cutAtMs ?? null;
    this.#number = manifest.number;
    this.#named = namesOf(key, manifest);
    this.#finals = finals;
    return true;
  }
}

function namesOf(manifestKey: string, { views, finals }: Manifest): Set<string> {
  return new Set([
    manifestKey,
    ...views.flatMap(([key, , , , records = 1]) => partKeys(key, records)),
    ...finals.flatMap(([, , parts]) => parts.map(([k]) => k)),
  ]);
}

function isSettled({ stage }: OpenView): boolean {
  return stage === "complete";
}

function* cutIntoChunks(views: readonly OpenView[]): Iterable<{ members: OpenView[]; text: string }> {
  let [members, text]: [OpenView[], string] = [[], ""];
  for (const open of views) {
    const { environmentId, stage, stageAtMs, state } = open;
    const lines = `${JSON.stringify([environmentId, stage, stageAtMs])}\n${serializeView(state)}\n`;
    if (members.length > 0 && text.length + lines.length > CHUNK_LENGTH) {
      yield { members, text };
      [members, text] = [[], ""];
    }
    members.push(open);
    text += lines;
  }
  if (members.length > 0) yield { members, text };
}

/** Two lines for each view of a chunk; null when the record is missing, damaged or another one. */
function readLines(value: Buffer | undefined, count: number): string[] | null {
  const lines = unpackText(value)?.split("\n");
  return lines?.length === count * 2 + 1 ? lines : null;
}

function restoreChunk(fold: PartitionFold, saved: Manifest["views"][number], lines: readonly string[]): void {
  const [key, writtenBy, count, bits, records = 1] = saved;
  const isAlive = aliveAt(bits);
  const views = Array.from({ length: count }, (_, at) => {
    if (!isAlive(at)) return null;
    const [environmentId, stage, stageAtMs] = JSON.parse(lines[at * 2] ?? "") as [EnvironmentId, LifeStage, number];
    return { ...newOpenView(environmentId, restoreView(lines[at * 2 + 1] ?? "")), stage, stageAtMs };
  });
  fold.saved.save({ key, records, writtenBy }, views);
  for (const open of views) if (open !== null) fold.restore(open);
}
