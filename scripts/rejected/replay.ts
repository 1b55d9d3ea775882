import { Agent, request } from "node:http";
import type { StoredSample } from "../../platform/clickhouse/rejected-beacons.ts";

export interface ReplayResult {
  /** Requests sent and answered 200. */
  sent: number;
  /** Not read, not answered, or answered otherwise: they may be sent again. */
  failed: number;
  /** Requests of which nothing was rejected any more. */
  taken: number;
  /** Events still rejected, by reason. */
  rejected: Map<string, number>;
}

export interface ReplayListener {
  onProgress(result: Readonly<ReplayResult>): void;
  /** Nothing of this sample was rejected any more. */
  onTaken(sample: StoredSample): void;
}

interface Answer {
  status: number;
  rejected: string;
}

/** Asks the edge to count what is still rejected, but to keep no further sample of it: believed from this machine alone. */
const REPLAY_HEADER = "x-playhead-replay";
/** Told by the edge of a request of which something was not taken: `reason=count, …`. */
const REJECTED_HEADER = "x-playhead-rejected";
/** The edge had read too much that is rejected from this network; nothing of the request was looked at. */
const NOT_READ = "rate_limited=";
const TIMEOUT_MS = 30_000;
/** At a time: what is still wrong must not look like a flood to the edge. */
const CONCURRENCY = 4;

/** Sends samples as their clients did, from the network that they came from where the collector believes us. */
export async function replaySamples(
  address: { host: string; port: number },
  samples: AsyncIterable<StoredSample>,
  { onProgress, onTaken }: ReplayListener,
): Promise<ReplayResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const result: ReplayResult = { sent: 0, failed: 0, taken: 0, rejected: new Map() };
  const iterator = samples[Symbol.asyncIterator]();
  const work = async () => {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      const isTaken = note(result, await send(agent, address, next.value));
      if (isTaken) onTaken(next.value);
      onProgress(result);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    agent.destroy();
  }
  return result;
}

/** True where all of it was taken. */
function note(result: ReplayResult, answer: Answer | null): boolean {
  if (answer?.status !== 200 || answer.rejected.startsWith(NOT_READ)) {
    result.failed += 1;
    return false;
  }
  result.sent += 1;
  if (answer.rejected === "") result.taken += 1;
  for (const [, reason = "", count] of answer.rejected.matchAll(/(\w+)=(\d+)/g)) {
    result.rejected.set(reason, (result.rejected.get(reason) ?? 0) + Number(count));
  }
  return answer.rejected === "";
}

/** Null where there was no answer. */
function send(agent: Agent, address: { host: string; port: number }, sample: StoredSample): Promise<Answer | null> {
  const body = Buffer.from(sample.body, sample.is_base64 ? "base64" : "utf8");
  return new Promise((resolve) => {
    const options = { ...address, agent, method: "POST", path: pathOf(sample), headers: headersOf(sample, body) };
    const sent = request(options, (response) => {
      const rejected = response.headers[REJECTED_HEADER];
      response.on("error", () => resolve(null));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, rejected: String(rejected ?? "") }));
      response.resume();
    });
    sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error("no answer")));
    sent.on("error", () => resolve(null));
    sent.end(body);
  });
}

function pathOf({ path }: StoredSample): string {
  return path.startsWith("/") && !/[^\x21-\x7e]/.test(path) ? path : "/";
}

function headersOf(sample: StoredSample, body: Buffer): Record<string, string | number> {
  const headers = {
    host: sample.host,
    "x-forwarded-for": sample.viewer_address,
    "user-agent": sample.user_agent,
    referer: sample.referrer,
    "content-type": sample.content_type,
    "content-encoding": sample.content_encoding,
  };
  const told = Object.entries(headers).filter(([, value]) => value !== "" && !/[^\x20-\x7e]/.test(value));
  return { ...Object.fromEntries(told), [REPLAY_HEADER]: "1", "content-length": body.length };
}
