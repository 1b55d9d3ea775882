import { createHash, randomBytes } from "node:crypto";

/** An answer of the protocol that is a refusal. */
export class S3Refusal extends Error {
  override readonly name = "S3Refusal";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export interface DoubleObject {
  bytes: Buffer;
  etag: string;
  metadata: Readonly<Record<string, string>>;
  modifiedMs: number;
}

interface DoubleUpload {
  key: string;
  metadata: Readonly<Record<string, string>>;
  initiatedMs: number;
  parts: Map<number, { bytes: Buffer; etag: string; modifiedMs: number }>;
}

const MAX_PARTS = 10_000;
const MAX_KEY_BYTES = 1_024;

/** What one bucket holds, by the rules of "Amazon S3 multipart upload limits" and of conditional requests. */
export class S3DoubleStore {
  readonly objects = new Map<string, DoubleObject>();
  readonly uploads = new Map<string, DoubleUpload>();
  /** Smallest part but the last; 5 MiB at Amazon's. */
  readonly #minPartBytes: number;
  readonly #now: () => number;

  constructor(minPartBytes: number, now: () => number) {
    this.#minPartBytes = minPartBytes;
    this.#now = now;
  }

  find(key: string, ifMatch: string | undefined): DoubleObject {
    const object = this.objects.get(key);
    if (object === undefined) throw new S3Refusal(404, "NoSuchKey");
    if (ifMatch !== undefined && ifMatch !== object.etag) throw new S3Refusal(412, "PreconditionFailed");
    return object;
  }

  put(key: string, bytes: Buffer, metadata: DoubleObject["metadata"], ifNoneMatch: string | undefined): string {
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Refusal(400, "KeyTooLongError");
    if (ifNoneMatch !== undefined && ifNoneMatch !== "*") throw new S3Refusal(501, "NotImplemented");
    if (ifNoneMatch === "*" && this.objects.has(key)) throw new S3Refusal(412, "PreconditionFailed");
    const etag = etagOf(bytes);
    this.objects.set(key, { bytes, etag, metadata, modifiedMs: this.#now() });
    return etag;
  }

  create(key: string, metadata: DoubleObject["metadata"]): string {
    const id = randomBytes(16).toString("hex");
    this.uploads.set(id, { key, metadata, initiatedMs: this.#now(), parts: new Map() });
    return id;
  }

  upload(key: string, id: string): DoubleUpload {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) throw new S3Refusal(404, "NoSuchUpload");
    return upload;
  }

  putPart(key: string, id: string, number: number, bytes: Buffer, { isLost }: { isLost: boolean }): string {
    const { parts } = this.upload(key, id);
    if (!(Number.isInteger(number) && number >= 1 && number <= MAX_PARTS)) throw new S3Refusal(400, "InvalidArgument");
    const etag = etagOf(bytes);
    if (!isLost) parts.set(number, { bytes, etag, modifiedMs: this.#now() });
    return etag;
  }

  complete(key: string, id: string, named: readonly { number: number; etag: string }[]): string {
    const { parts, metadata, initiatedMs } = this.upload(key, id);
    if (named.length === 0) throw new S3Refusal(400, "MalformedXML");
    const used = named.map(({ number, etag }, at) => {
      if (at > 0 && number <= (named[at - 1]?.number ?? 0)) throw new S3Refusal(400, "InvalidPartOrder");
      const part = parts.get(number);
      if (part === undefined || part.etag !== etag) throw new S3Refusal(400, "InvalidPart");
      if (at < named.length - 1 && part.bytes.length < this.#minPartBytes) throw new S3Refusal(400, "EntityTooSmall");
      return part;
    });
    const bytes = Buffer.concat(used.map((part) => part.bytes));
    const digests = Buffer.concat(used.map((part) => Buffer.from(part.etag.slice(1, -1), "hex")));
    const etag = `"${createHash("md5").update(digests).digest("hex")}-${used.length}"`;
    this.uploads.delete(id);
    // Amazon's dates an object of parts when they were begun.
    this.objects.set(key, { bytes, etag, metadata, modifiedMs: initiatedMs });
    return etag;
  }

  abort(key: string, id: string): void {
    this.upload(key, id);
    this.uploads.delete(id);
  }
}

const etagOf = (bytes: Buffer): string => `"${createHash("md5").update(bytes).digest("hex")}"`;
