import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { S3DoubleStore, S3Refusal } from "./s3-double-store.ts";
import { checkSignature } from "./s3-signature.ts";

/** What goes wrong with one request. */
export type Fault =
  | { kind: "slow down" }
  /** The connection breaks before the request is done, or after it, so that nobody hears of it. */
  | { kind: "cut before" }
  | { kind: "cut after" }
  /** The answer's body breaks in its middle. */
  | { kind: "cut body" }
  /** A part is acknowledged and not there. */
  | { kind: "lose part" }
  | { kind: "delay"; ms: number };

export interface DoubleRequest {
  method: string;
  /** Without the bucket; "" for the bucket itself. */
  key: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

export interface S3Double {
  /** For `OBJECTS_URL`. */
  url: string;
  store: S3DoubleStore;
  /** Every request that was let in, oldest first: "PUT a/b". */
  asked: string[];
  /** Called for each request; null: nothing goes wrong with it. */
  fault: (request: DoubleRequest) => Fault | null;
  /** Connections that are open now. */
  connections(): Promise<number>;
  /** Moves its clock, which dates objects. Signatures are checked by the real one. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export interface S3DoubleOptions {
  minPartBytes?: number;
  /** Keys and parts on one page; 1,000 at Amazon's. */
  pageSize?: number;
}

const BUCKET = "films";
const ACCESS = { accessKeyId: "AKTEST", secretAccessKey: "secret/of+tests", region: "eu-test-1" };
/** Parameters that requests of ours have; any other one is refused, since it would be ignored. */
const KNOWN = new Set(
  "x-id list-type prefix max-keys continuation-token uploads uploadId partNumber part-number-marker key-marker upload-id-marker".split(
    " ",
  ),
);

/** A store that speaks as much of S3 as the driver needs, in memory, and refuses what Amazon's would refuse. */
export async function startS3Double(options: S3DoubleOptions = {}): Promise<S3Double> {
  const { minPartBytes = 5 * 1_048_576, pageSize = 1_000 } = options;
  let aheadMs = 0;
  const store = new S3DoubleStore(minPartBytes, () => Date.now() + aheadMs);
  const server = createServer((request, response) => {
    serve(double, pageSize, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const secret = encodeURIComponent(ACCESS.secretAccessKey);
  const credentials = `${ACCESS.accessKeyId}:${secret}`;
  const double: S3Double = {
    url: `s3://${credentials}@${BUCKET}/some/prefix?region=${ACCESS.region}&endpoint=http://127.0.0.1:${portOf(server)}`,
    store,
    asked: [],
    fault: () => null,
    connections: () => promisify(server.getConnections.bind(server))(),
    advance: (ms) => {
      aheadMs += ms;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return double;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the double has no port");
  return address.port;
}

interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  body?: Buffer | string;
}

async function serve(
  double: S3Double,
  pageSize: number,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = "", query = ""] = (incoming.url ?? "").split("?");
  const body = await buffer(incoming);
  const refusal = refusalOf(incoming, path, query, body);
  const key = decodeURIComponent(path).slice(`/${BUCKET}/`.length);
  const { method = "", headers } = incoming;
  const request: DoubleRequest = { method, key, query: new URLSearchParams(query), headers, body };
  const fault = refusal === null ? double.fault(request) : null;
  if (fault?.kind === "cut before") return void incoming.socket.destroy();
  if (fault?.kind === "delay") await sleep(fault.ms);
  let answer: Answer;
  try {
    if (refusal !== null) throw refusal;
    if (fault?.kind === "slow down") throw new S3Refusal(503, "SlowDown");
    double.asked.push(`${method} ${key}`);
    answer = answerTo(double.store, request, pageSize, fault?.kind === "lose part");
  } catch (error) {
    if (!(error instanceof S3Refusal)) throw error;
    answer = xml(`<Error><Code>${error.code}</Code><Message>refused</Message></Error>`, error.status);
  }
  if (fault?.kind === "cut after") return void incoming.socket.destroy();
  const bytes = Buffer.from(answer.body ?? "");
  response.writeHead(answer.status, { "content-length": bytes.length, ...answer.headers });
  if (fault?.kind !== "cut body") return void response.end(method === "HEAD" ? undefined : bytes);
  response.write(bytes.subarray(0, bytes.length / 2), () => incoming.socket.destroy());
}

function refusalOf(request: IncomingMessage, path: string, query: string, body: Buffer): S3Refusal | null {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const checked = checkSignature({ method: request.method ?? "", path, query, headers }, ACCESS, Date.now());
  if (!checked.ok) return new S3Refusal(403, checked.code);
  if (headers["x-amz-content-sha256"] !== createHash("sha256").update(body).digest("hex"))
    return new S3Refusal(400, "XAmzContentSHA256Mismatch");
  if (path !== `/${BUCKET}` && !path.startsWith(`/${BUCKET}/`)) return new S3Refusal(404, "NoSuchBucket");
  const unknown = [...new URLSearchParams(query).keys()].find((name) => !KNOWN.has(name));
  return unknown === undefined ? null : new S3Refusal(501, "NotImplemented");
}

function answerTo(store: S3DoubleStore, request: DoubleRequest, pageSize: number, isLost: boolean): Answer {
  const { method, key, query, headers, body } = request;
  const uploadId = query.get("uploadId");
  const what = `${method} ${key === "" ? "bucket" : "key"}${query.has("uploads") ? " uploads" : ""}${uploadId === null ? "" : " upload"}`;
  switch (what) {
    case "GET bucket":
      return listObjects(store, query, pageSize);
    case "GET bucket uploads":
      return listUploads(store, query, pageSize);
    case "HEAD key":
    case "GET key":
      return read(store, request);
    case "PUT key":
      return tagged(store.put(key, body, metadataOf(headers), headers["if-none-match"]));
    case "DELETE key":
      store.objects.delete(key);
      return { status: 204 };
    case "POST key uploads":
      return xml(
        `<InitiateMultipartUploadResult><UploadId>${store.create(key, metadataOf(headers))}</UploadId></InitiateMultipartUploadResult>`,
      );
    case "PUT key upload":
      return tagged(store.putPart(key, uploadId ?? "", Number(query.get("partNumber")), body, { isLost }));
    case "GET key upload":
      return listParts(store, request, pageSize);
    case "POST key upload":
      return xml(
        `<CompleteMultipartUploadResult><ETag>${store.complete(key, uploadId ?? "", partsIn(body))}</ETag></CompleteMultipartUploadResult>`,
      );
    case "DELETE key upload":
      store.abort(key, uploadId ?? "");
      return { status: 204 };
    default:
      throw new S3Refusal(501, "NotImplemented");
  }
}

function read(store: S3DoubleStore, { key, headers }: DoubleRequest): Answer {
  const { bytes, etag, metadata } = store.find(key, headers["if-match"]);
  const own = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  const common = { etag, ...Object.fromEntries(own) };
  if (headers.range === undefined)
    return { status: 200, headers: { ...common, "content-length": bytes.length }, body: bytes };
  const [, first = "", last = ""] = /^bytes=(\d+)-(\d+)$/.exec(headers.range) ?? [];
  if (first === "" || Number(first) >= bytes.length) throw new S3Refusal(416, "InvalidRange");
  const body = bytes.subarray(Number(first), Number(last) + 1);
  const range = `bytes ${first}-${Number(first) + body.length - 1}/${bytes.length}`;
  return { status: 206, headers: { ...common, "content-range": range }, body };
}

function listObjects(store: S3DoubleStore, query: URLSearchParams, pageSize: number): Answer {
  if (query.get("list-type") !== "2") throw new S3Refusal(501, "NotImplemented");
  const [prefix, after] = [query.get("prefix") ?? "", query.get("continuation-token") ?? ""];
  const keys = [...store.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, Math.min(pageSize, Number(query.get("max-keys") ?? pageSize)));
  const items = page.map((key) => {
    const { etag, modifiedMs, bytes } = store.find(key, undefined);
    return `<Contents><Key>${key}</Key><ETag>${etag}</ETag><Size>${bytes.length}</Size><LastModified>${iso(modifiedMs)}</LastModified></Contents>`;
  });
  const isTruncated = keys.length > page.length;
  const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
  return xml(`<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${items.join("")}${next}</ListBucketResult>`);
}

function listUploads(store: S3DoubleStore, query: URLSearchParams, pageSize: number): Answer {
  const prefix = query.get("prefix") ?? "";
  const after = `${query.get("key-marker") ?? ""} ${query.get("upload-id-marker") ?? ""}`;
  const all = [...store.uploads].map(([id, { key, initiatedMs }]) => ({ id, key, initiatedMs, at: `${key} ${id}` }));
  const wanted = all
    .filter(({ key, at }) => key.startsWith(prefix) && at > after)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const page = wanted.slice(0, pageSize);
  const items = page.map(
    ({ id, key, initiatedMs }) =>
      `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${iso(initiatedMs)}</Initiated></Upload>`,
  );
  const last = page.at(-1);
  const next = `<NextKeyMarker>${last?.key ?? ""}</NextKeyMarker><NextUploadIdMarker>${last?.id ?? ""}</NextUploadIdMarker>`;
  return xml(
    `<ListMultipartUploadsResult><IsTruncated>${wanted.length > page.length}</IsTruncated>${items.join("")}${next}</ListMultipartUploadsResult>`,
  );
}

function listParts(store: S3DoubleStore, { key, query }: DoubleRequest, pageSize: number): Answer {
  const { parts } = store.upload(key, query.get("uploadId") ?? "");
  const after = Number(query.get("part-number-marker") ?? 0);
  const wanted = [...parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
  const page = wanted.slice(0, pageSize);
  const items = page.map(
    ([number, { etag, bytes, modifiedMs }]) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag><Size>${bytes.length}</Size><LastModified>${iso(modifiedMs)}</LastModified></Part>`,
  );
  const next = `<NextPartNumberMarker>${page.at(-1)?.[0] ?? 0}</NextPartNumberMarker>`;
  return xml(
    `<ListPartsResult><IsTruncated>${wanted.length > page.length}</IsTruncated>${items.join("")}${next}</ListPartsResult>`,
  );
}

function partsIn(body: Buffer): { number: number; etag: string }[] {
  return [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = ""]) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: (/<ETag>(.*?)</.exec(part)?.[1] ?? "").replaceAll("&quot;", '"'),
  }));
}

function metadataOf(headers: IncomingMessage["headers"]): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-meta-"));
  return Object.fromEntries(own.map(([name, value]) => [name.slice("x-amz-meta-".length), String(value)]));
}

const xml = (text: string, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?>${text}`,
});
const tagged = (etag: string): Answer => ({ status: 200, headers: { etag } });
const iso = (ms: number): string => new Date(ms).toISOString();
