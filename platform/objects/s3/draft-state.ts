import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import { ByteRangeSet } from "../byte-ranges.ts";
import type { ByteRange } from "../objects.ts";
import { inParallel } from "./in-parallel.ts";
import type { ListedBytes, S3Bucket } from "./s3-bucket.ts";

/** The multipart upload in which a draft's full cells lie. */
const DraftUpload = z.object({
  place: z.string(),
  largeId: z.string(),
  uploadId: z.string(),
  partBytes: z.number().int().positive(),
});
export type DraftUpload = z.infer<typeof DraftUpload>;

/** Bytes that filled no cell when they came, an object of their own until they do. */
export interface StagedPiece extends ByteRange {
  key: string;
}

export interface DraftState {
  /** ETag of what begins a draft; null while there is none. Another one is another draft of the same id. */
  mark: string | null;
  pieces: StagedPiece[];
  sizeBytes: number | null;
  upload: DraftUpload | null;
  /** Cells that are parts. */
  cells: Set<number>;
  durable: ByteRangeSet;
  /** The parts were made one already: their length. */
  completedBytes: number | null;
  /** How many uploads there were; those that somebody aborted from outside count on. */
  uploads: number;
}

/** What never changes while a draft's mark is the same; saves asking again. */
interface KnownOfDraft {
  mark: string | null;
  sizeBytes: number | null;
  uploads: Map<number, DraftUpload>;
}

/**
 * The state of a draft, which is only in the bucket: the objects below its prefix (`mark`; `size`; `upload.<n>`; pieces
 * `<start>-<end>`) and the parts of its upload. All that is asked here was made durable by the request that put it there.
 */
export class DraftStore {
  readonly #bucket: S3Bucket;
  readonly #prefix: string;
  #known: KnownOfDraft = { mark: null, sizeBytes: null, uploads: new Map() };

  constructor(bucket: S3Bucket, prefix: string) {
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /** Begins the draft where nobody has. */
  async begin(): Promise<DraftState> {
    const state = await this.read();
    if (state.mark !== null) return state;
    await this.#bucket.put(this.#markKey, randomBytes(16), { onlyIfNew: true });
    return this.begin();
  }

  async mark(): Promise<string | null> {
    return (await this.#bucket.head(this.#markKey))?.etag ?? null;
  }

  async read(): Promise<DraftState> {
    const listed = await this.#list();
    const mark = listed.get("mark")?.etag ?? null;
    if (mark !== this.#known.mark) this.#known = { mark, sizeBytes: null, uploads: new Map() };
    const state = emptyState(mark);
    if (mark === null) return state;
    state.pieces = [...listed.keys()].flatMap((name) => this.#piece(name));
    for (const piece of state.pieces) state.durable.add(piece);
    state.uploads = [...listed.keys()].filter((name) => name.startsWith("upload.")).length;
    if (listed.has("size")) state.sizeBytes = await this.#size();
    if (state.uploads > 0) await this.#readUpload(state);
    return state;
  }

  /** Says how long the whole is to be; gives what was said first. */
  async announce(sizeBytes: number): Promise<number> {
    await this.#bucket.put(`${this.#prefix}size`, Buffer.from(String(sizeBytes)), { onlyIfNew: true });
    return (await this.#size()) ?? sizeBytes;
  }

  /** Stores bytes that fill no cell. */
  async stage(start: number, bytes: Buffer): Promise<StagedPiece> {
    const piece = { start, end: start + bytes.length, key: `${this.#prefix}${start}-${start + bytes.length}` };
    await this.#bucket.put(piece.key, bytes);
    return piece;
  }

  /** Bytes of a piece; null when it is there no more. */
  async readPiece(piece: StagedPiece, { start, end }: ByteRange): Promise<Buffer | null> {
    const range = { start: start - piece.start, end: end - piece.start };
    const found = await this.#bucket.get(piece.key, { range });
    return found === null ? null : buffer(found.body);
  }

  async removePieces(pieces: readonly StagedPiece[]): Promise<void> {
    await inParallel(pieces, ({ key }) => this.#bucket.delete(key));
  }

  /** Adds an upload after so many others; another process may have been first: then that one's. */
  async addUpload(others: number, upload: DraftUpload): Promise<DraftUpload> {
    const key = `${this.#prefix}upload.${others}`;
    await this.#bucket.put(key, Buffer.from(JSON.stringify(upload)), { onlyIfNew: true });
    return (await this.#upload(others)) ?? upload;
  }

  /** Removes everything; the mark goes first, so that a kill in between leaves a draft that has nothing. */
  async remove(): Promise<void> {
    await this.#bucket.delete(this.#markKey);
    const listed = await this.#list();
    for (const { place, uploadId } of await this.#uploads(listed)) await this.#bucket.abortUpload(place, uploadId);
    await inParallel([...listed.values()], ({ key }) => this.#bucket.delete(key));
    this.#known = { mark: null, sizeBytes: null, uploads: new Map() };
  }

  /** Where its bytes may be, and when the last of them came. */
  async touched(): Promise<{ places: string[]; modifiedMs: number }> {
    const listed = await this.#list();
    const uploads = await this.#uploads(listed);
    const parts = await Promise.all(uploads.map(({ place, uploadId }) => this.#bucket.listParts(place, uploadId)));
    const dated = [...listed.values(), ...parts.flatMap((some) => some ?? [])];
    const modifiedMs = Math.max(0, ...dated.map((one) => one.modifiedMs));
    return { places: uploads.map(({ place }) => place), modifiedMs };
  }

  async #uploads(listed: ReadonlyMap<string, ListedBytes>): Promise<DraftUpload[]> {
    const uploads: DraftUpload[] = [];
    for (const name of listed.keys()) {
      const [, number] = /^upload\.(\d+)$/.exec(name) ?? [];
      const upload = number === undefined ? null : await this.#upload(Number(number));
      if (upload !== null) uploads.push(upload);
    }
    return uploads;
  }

  get #markKey(): string {
    return `${this.#prefix}mark`;
  }

  async #list(): Promise<Map<string, ListedBytes>> {
    const listed = new Map<string, ListedBytes>();
    for await (const page of this.#bucket.list(this.#prefix))
      for (const one of page) listed.set(one.key.slice(this.#prefix.length), one);
    return listed;
  }

  #piece(name: string): StagedPiece[] {
    const [, start, end] = /^(\d+)-(\d+)$/.exec(name) ?? [];
    return start === undefined ? [] : [{ start: Number(start), end: Number(end), key: this.#prefix + name }];
  }

  async #size(): Promise<number | null> {
    if (this.#known.sizeBytes === null) {
      const text = await this.#content(`${this.#prefix}size`);
      if (text === null) return null;
      this.#known.sizeBytes = Number(text);
    }
    return this.#known.sizeBytes;
  }

  async #upload(number: number): Promise<DraftUpload | null> {
    const known = this.#known.uploads.get(number);
    if (known !== undefined) return known;
    const text = await this.#content(`${this.#prefix}upload.${number}`);
    if (text === null) return null;
    const upload = DraftUpload.parse(JSON.parse(text));
    this.#known.uploads.set(number, upload);
    return upload;
  }

  async #readUpload(state: DraftState): Promise<void> {
    const upload = await this.#upload(state.uploads - 1);
    if (upload === null) return; // discarded meanwhile
    const parts = await this.#bucket.listParts(upload.place, upload.uploadId);
    if (parts === null) {
      state.completedBytes = (await this.#bucket.head(upload.place))?.sizeBytes ?? null;
      if (state.completedBytes === null) return; // aborted from outside: its bytes are gone
      state.durable.add({ start: 0, end: state.completedBytes });
    }
    state.upload = upload;
    const { partBytes } = upload;
    const cells = (parts ?? []).map(({ number, sizeBytes }) => ({ cell: number - 1, sizeBytes }));
    for (const { cell, sizeBytes } of cells)
      state.durable.add({ start: cell * partBytes, end: cell * partBytes + sizeBytes });
    state.cells = new Set(cells.map(({ cell }) => cell));
  }

  async #content(key: string): Promise<string | null> {
    const found = await this.#bucket.get(key);
    return found === null ? null : (await buffer(found.body)).toString("utf8");
  }
}

function emptyState(mark: string | null): DraftState {
  const durable = new ByteRangeSet();
  const nothing = { sizeBytes: null, upload: null, completedBytes: null, uploads: 0 };
  return { ...nothing, mark, pieces: [], cells: new Set(), durable };
}
