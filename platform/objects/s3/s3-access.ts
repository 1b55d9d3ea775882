/** How to reach a bucket. */
export interface S3Access {
  bucket: string;
  /** Before all keys: empty, or ends in "/". Several Playheads can share a bucket. */
  prefix: string;
  region: string;
  /** Origin of a store that is not Amazon's; it is asked by path (`/bucket/key`), which needs no names of hosts. */
  endpoint: string | null;
  /** Null: looked for where Amazon's SDK looks, such as the machine's role. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
}

/** key:secret@ (percent-encoded), bucket, prefix, parameters. */
const URL_PARTS = /^s3:\/\/(?:([^:@/]+):([^@/]+)@)?([^/?@]+)(?:\/([^?]*))?(?:\?(.*))?$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Keys of ours take up to 700 of the 1,024 bytes that a key may have. */
const PREFIX = /^(?:[A-Za-z0-9._-]+\/)*[A-Za-z0-9._-]+$/;
const MAX_PREFIX_LENGTH = 200;
const PARAMETERS = new Set(["region", "endpoint"]);
/** What stores that have no regions expect in signatures. */
const DEFAULT_REGION = "us-east-1";

/**
 * Reads `s3://[key:secret@]bucket[/prefix]?region=…[&endpoint=https://…]`; the region may be left out with an endpoint.
 * Returns in words what is wrong with it instead; never the secret.
 */
export function parseS3Url(url: string): S3Access | string {
  const [, key, secret, bucket = "", path = "", query = ""] = URL_PARTS.exec(url) ?? [];
  if (bucket === "") return "is not like s3://[key:secret@]bucket[/prefix]?region=…";
  const credentials = key === undefined || secret === undefined ? null : readCredentials(key, secret);
  if (credentials === undefined || (credentials === null && url.includes("@")))
    return "has a key or secret that is not percent-encoded: / is %2F, + is %2B, @ is %40";
  if (!BUCKET.test(bucket)) return `names a bucket "${bucket}" that cannot be: 3 to 63 of a-z 0-9 . -`;
  const prefix = path.replace(/\/+$/, "");
  if (prefix !== "" && !(PREFIX.test(prefix) && prefix.length <= MAX_PREFIX_LENGTH))
    return `has a prefix "${prefix}" that cannot be: parts of A-Z a-z 0-9 . _ - between "/"`;
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) return `has an unknown parameter "${unknown}"; there are ${[...PARAMETERS].join(", ")}`;
  const endpoint = parameters.get("endpoint");
  if (endpoint !== null && !isOrigin(endpoint)) return "has an endpoint that is not like https://host:port";
  const region = parameters.get("region") ?? (endpoint === null ? null : DEFAULT_REGION);
  if (region === null || region === "") return "does not name its region, as in ?region=eu-central-1";
  return { bucket, prefix: prefix === "" ? "" : `${prefix}/`, region, endpoint, credentials };
}

function readCredentials(key: string, secret: string): S3Access["credentials"] | undefined {
  try {
    return { accessKeyId: decodeURIComponent(key), secretAccessKey: decodeURIComponent(secret) };
  } catch {
    return undefined;
  }
}

function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/?#@]+\/?$/.test(text) && URL.canParse(text);
}
