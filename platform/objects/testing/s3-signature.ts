import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Signature version 4 of a request, as a store checks it. */
export interface SignedRequest {
  method: string;
  /** As sent: escaped path, and query without "?". */
  path: string;
  query: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const MAX_SKEW_MS = 15 * 60_000;

export type Checked = { ok: true } | { ok: false; code: string };

/** AWS Signature Version 4 for S3, headers only ("Authenticating Requests: Using the Authorization Header"). */
export function checkSignature(
  request: SignedRequest,
  { accessKeyId, secretAccessKey, region }: { accessKeyId: string; secretAccessKey: string; region: string },
  nowMs: number,
): Checked {
  const [, key, day = "", signedRegion, names = "", signature = ""] =
    AUTHORIZATION.exec(request.headers["authorization"] ?? "") ?? [];
  if (key === undefined) return { ok: false, code: "AccessDenied" };
  if (key !== accessKeyId) return { ok: false, code: "InvalidAccessKeyId" };
  if (signedRegion !== region) return { ok: false, code: "AuthorizationHeaderMalformed" };
  const date = request.headers["x-amz-date"] ?? "";
  if (!date.startsWith(day) || Math.abs(nowMs - parseDate(date)) > MAX_SKEW_MS)
    return { ok: false, code: "RequestTimeTooSkewed" };
  const signed = names.split(";");
  const mustBeSigned = Object.keys(request.headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  if (mustBeSigned.some((name) => !signed.includes(name))) return { ok: false, code: "AccessDenied" };
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonicalRequest(request, signed))].join("\n");
  const signingKey = [region, "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${secretAccessKey}`, day));
  const expected = hmac(signingKey, toSign);
  const isRight = timingSafeEqual(expected, Buffer.from(signature, "hex"));
  return isRight ? { ok: true } : { ok: false, code: "SignatureDoesNotMatch" };
}

function canonicalRequest({ method, path, query, headers }: SignedRequest, signed: readonly string[]): string {
  const pairs = query === "" ? [] : query.split("&").map((pair) => (pair.includes("=") ? pair : `${pair}=`));
  const lines = signed.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}\n`);
  const body = headers["x-amz-content-sha256"] ?? "";
  return [method, path, pairs.sort().join("&"), lines.join(""), signed.join(";"), body].join("\n");
}

/** 20130524T000000Z */
function parseDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
