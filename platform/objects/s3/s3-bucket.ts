import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { ByteRange } from "../objects.ts";
import { resumedBody } from "./resumed-body.ts";
import type { S3Access } from "./s3-access.ts";
import { asStoreError, isAnswer } from "./s3-errors.ts";

/** Two writers of one key at the same instant: the store asks one of them to come again. */
const CONFLICT_TRIES = 10;
const CONFLICT_WAIT_MS = 50;

export interface S3Patience {
  /** Of a request that meets faults that pass; waits between them grow from 0.1 s (0.5 s when throttled), with jitter, to 20 s. */
  tries: number;
  connectMs: number;
  /** From the first byte sent to the first byte of the answer. */
  answerMs: number;
  /** Without any byte in either direction. */
  idleMs: number;
}
/** Of who writes: what took hours to make is worth waiting for. */
export const WRITER_PATIENCE: S3Patience = { tries: 5, connectMs: 3_000, answerMs: 30_000, idleMs: 30_000 };
/** Of who reads for viewers: players give up after some 20 s, and a 503 has them come again. */
export const READER_PATIENCE: S3Patience = { tries: 2, connectMs: 1_000, answerMs: 4_000, idleMs: 10_000 };
const MAX_CONNECTIONS = 200;
/** Below the time that readiness gives a check. */
const CHECK_MS = 800;

/** What the bucket says of a key. */
export interface StoredBytes {
  /** Of the whole, also when a range was asked for. */
  sizeBytes: number;
  etag: string;
  metadata: Readonly<Record<string, string>>;
}

export interface ListedBytes {
  key: string;
  etag: string;
  modifiedMs: number;
}

export interface UploadedPart {
  number: number;
  etag: string;
  sizeBytes: number;
  modifiedMs: number;
}

/**
 * The requests of S3 that we make, all of which may be repeated. Keys are below the prefix of the access. Rejects with
 * ObjectsUnavailableError for what passes, and with an Error that names request and answer for what does not.
 */
export class S3Bucket {
  readonly #client: S3Client;
  readonly #access: S3Access;

  constructor(access: S3Access, { tries, connectMs, answerMs, idleMs }: S3Patience = WRITER_PATIENCE) {
    this.#access = access;
    this.#client = new S3Client({
      region: access.region,
      ...(access.endpoint === null ? {} : { endpoint: access.endpoint, forcePathStyle: true }),
      ...(access.credentials === null ? {} : { credentials: access.credentials }),
      maxAttempts: tries,
      retryMode: "standard",
      // Bodies are signed with their SHA-256, which the store checks; further checksums are not known to every store.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: {
        connectionTimeout: connectMs,
        requestTimeout: answerMs,
        throwOnRequestTimeout: true,
        socketTimeout: idleMs,
        httpAgent: { keepAlive: true, maxSockets: MAX_CONNECTIONS },
        httpsAgent: { keepAlive: true, maxSockets: MAX_CONNECTIONS },
      },
    });
  }

  close(): void {
    this.#client.destroy();
  }

  /** Asks once, without waiting long. */
  async check(): Promise<void> {
    const { bucket: Bucket, prefix: Prefix } = this.#access;
    const command = new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 });
    await this.#do("list", () => this.#client.send(command, { abortSignal: AbortSignal.timeout(CHECK_MS) }));
  }

  async head(key: string): Promise<StoredBytes | null> {
    return this.#unless("NotFound", null, `HEAD ${key}`, async () => {
      const answer = await this.#client.send(new HeadObjectCommand(this.#at(key)));
      return { sizeBytes: answer.ContentLength ?? 0, etag: answer.ETag ?? "", metadata: answer.Metadata ?? {} };
    });
  }

  /**
   * Null when there is none, or none with that ETag any more. The body ends early only with an error; where the connection
   * breaks it goes on with another request.
   */
  async get(
    key: string,
    { range, etag }: { range?: ByteRange; etag?: string } = {},
  ): Promise<{ stored: StoredBytes; body: Readable } | null> {
    const ask = async (from: ByteRange | undefined, ifMatch: string | undefined) => {
      const Range = from === undefined ? undefined : `bytes=${from.start}-${from.end - 1}`;
      const answer = await this.#client.send(new GetObjectCommand({ ...this.#at(key), Range, IfMatch: ifMatch }));
      if (!(answer.Body instanceof Readable)) throw new Error(`GET ${key} gave no stream`);
      return { answer, body: answer.Body };
    };
    return this.#unless(["NoSuchKey", "NotFound", "PreconditionFailed"], null, `GET ${key}`, async () => {
      const { answer, body } = await ask(range, etag);
      const sizeBytes = Number(answer.ContentRange?.split("/")[1] ?? answer.ContentLength ?? 0);
      const stored = { sizeBytes, etag: answer.ETag ?? "", metadata: answer.Metadata ?? {} };
      const wanted = range ?? { start: 0, end: sizeBytes };
      const again = async (start: number) => (await ask({ start, end: wanted.end }, stored.etag)).body;
      const bytes = resumedBody(body, wanted, again, (error) => asStoreError(error, `GET ${key}`));
      const resumed = Readable.from(bytes, { objectMode: false });
      resumed.once("close", () => body.destroy()); // a generator that was never asked for a chunk runs no `finally`
      return { stored, body: resumed };
    });
  }

  /** False when it was to be new and is not. */
  async put(
    key: string,
    bytes: Buffer,
    { metadata, onlyIfNew = false }: { metadata?: Record<string, string>; onlyIfNew?: boolean } = {},
  ): Promise<boolean> {
    const condition = onlyIfNew ? { IfNoneMatch: "*" } : {};
    const command = new PutObjectCommand({ ...this.#at(key), Body: bytes, Metadata: metadata, ...condition });
    return this.#unless("PreconditionFailed", false, `PUT ${key}`, async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await this.#client.send(command);
          return true;
        } catch (error) {
          if (attempt === CONFLICT_TRIES || !isAnswer(error, "ConditionalRequestConflict")) throw error;
          await sleep(CONFLICT_WAIT_MS * attempt * Math.random());
        }
      }
    });
  }

  async delete(key: string): Promise<void> {
    await this.#do(`DELETE ${key}`, () => this.#client.send(new DeleteObjectCommand(this.#at(key))));
  }

  /** Pages of what begins with `prefix`, in byte order of keys. */
  async *list(prefix: string): AsyncGenerator<readonly ListedBytes[]> {
    const { bucket: Bucket, prefix: own } = this.#access;
    for (let token: string | undefined; ; ) {
      const command = new ListObjectsV2Command({ Bucket, Prefix: own + prefix, ContinuationToken: token });
      const answer = await this.#do(`list ${prefix}`, () => this.#client.send(command));
      yield (answer.Contents ?? []).map(({ Key = "", ETag = "", LastModified }) => ({
        key: Key.slice(own.length),
        etag: ETag,
        modifiedMs: LastModified?.getTime() ?? Number.NaN,
      }));
      token = answer.NextContinuationToken;
      if (token === undefined) return;
    }
  }

  async createUpload(key: string): Promise<string> {
    const command = new CreateMultipartUploadCommand(this.#at(key));
    const { UploadId } = await this.#do(`begin ${key}`, () => this.#client.send(command));
    if (UploadId === undefined) throw new Error(`begin ${key}: the store gave no upload id`);
    return UploadId;
  }

  /** False when the upload has ended. */
  async putPart(key: string, UploadId: string, PartNumber: number, bytes: Buffer): Promise<boolean> {
    const command = new UploadPartCommand({ ...this.#at(key), UploadId, PartNumber, Body: bytes });
    return this.#unless("NoSuchUpload", false, `PUT part ${PartNumber} of ${key}`, async () => {
      await this.#client.send(command);
      return true;
    });
  }

  /** In order; null when the upload has ended. */
  async listParts(key: string, UploadId: string): Promise<UploadedPart[] | null> {
    return this.#unless("NoSuchUpload", null, `list parts of ${key}`, async () => {
      const parts: UploadedPart[] = [];
      for (let marker: string | undefined; ; ) {
        const command = new ListPartsCommand({ ...this.#at(key), UploadId, PartNumberMarker: marker });
        const answer = await this.#client.send(command);
        for (const { PartNumber: number = 0, ETag: etag = "", Size: sizeBytes = 0, LastModified } of answer.Parts ?? [])
          parts.push({ number, etag, sizeBytes, modifiedMs: LastModified?.getTime() ?? Number.NaN });
        if (answer.IsTruncated !== true) return parts;
        marker = answer.NextPartNumberMarker;
      }
    });
  }

  /** Tells apart the upload that has ended, by this request's first try as well, and a part that is not there as said. */
  async completeUpload(
    key: string,
    UploadId: string,
    parts: readonly UploadedPart[],
  ): Promise<"completed" | "ended" | "parts differ"> {
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    const command = new CompleteMultipartUploadCommand({ ...this.#at(key), UploadId, MultipartUpload: { Parts } });
    return this.#unless("NoSuchUpload", "ended", `complete ${key}`, async () => {
      try {
        await this.#client.send(command);
        return "completed";
      } catch (error) {
        if (isAnswer(error, "InvalidPart")) return "parts differ";
        throw error;
      }
    });
  }

  /** One that has ended is fine. */
  async abortUpload(key: string, UploadId: string): Promise<void> {
    const command = new AbortMultipartUploadCommand({ ...this.#at(key), UploadId });
    await this.#unless("NoSuchUpload", undefined, `abort ${key}`, async () => {
      await this.#client.send(command);
    });
  }

  /** Uploads that have not ended. */
  async *listUploads(prefix: string): AsyncGenerator<{ key: string; uploadId: string; initiatedMs: number }> {
    const { bucket: Bucket, prefix: own } = this.#access;
    for (let markers = {}; ; ) {
      const command = new ListMultipartUploadsCommand({ Bucket, Prefix: own + prefix, ...markers });
      const answer = await this.#do(`list uploads of ${prefix}`, () => this.#client.send(command));
      for (const { Key = "", UploadId = "", Initiated } of answer.Uploads ?? [])
        yield { key: Key.slice(own.length), uploadId: UploadId, initiatedMs: Initiated?.getTime() ?? Number.NaN };
      if (answer.IsTruncated !== true) return;
      markers = { KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker };
    }
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#access.bucket, Key: this.#access.prefix + key };
  }

  async #do<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw asStoreError(error, `${what} in bucket ${this.#access.bucket}`);
    }
  }

  /** Some answers are no failures. */
  #unless<T, U>(names: string | string[], instead: U, what: string, request: () => Promise<T>): Promise<T | U> {
    return this.#do<T | U>(what, () =>
      request().catch((error: unknown) => {
        if (isAnswer(error, ...[names].flat())) return instead;
        throw error;
      }),
    );
  }
}
