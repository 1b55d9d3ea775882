import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { Random } from "../../domain/simulation/random.ts";
import { BYTE_MUTATIONS } from "./mutate-bytes.ts";
import { EVENT_MUTATIONS } from "./mutate-events.ts";
import type { RecordedBeacon } from "./recorded-beacons.ts";

export interface FuzzedRequest {
  /** What was done to it. */
  kind: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** The body is over the limit, packed or unpacked: the connection may be closed instead of an answer. */
  mayClose: boolean;
}

export interface Prey {
  /** Environment key of another tenant, whose numbers must not change. */
  envKey: string;
  /** Some of its views. */
  viewIds: readonly string[];
}

const PATHS = ["/", "/android", "/a.gif?x=%00", "/../../etc/passwd", `/${"p".repeat(4_000)}`, "/cmcd/x", "/epas/x"];
const OVER_THE_LIMIT = 4 * 1_048_576 + 1;
/** Zeros as gzip: 64 MiB in 64 kB. */
const BOMB = gzipSync(Buffer.alloc(64 * 1_048_576));

/** One beacon that nobody should have sent. */
export function fuzzedRequest(random: Random, corpus: readonly RecordedBeacon[], prey: Prey): FuzzedRequest {
  const recorded = random.pick(corpus);
  const spoiled = spoil(random, recorded, prey);
  const { method } = recorded;
  const path = random.chance(0.1) ? random.pick(PATHS) : recorded.path;
  const headers = { ...recorded.headers, ...spoiled.headers };
  for (const name of ["host", "content-length", "connection"]) delete headers[name];
  const whole = method === "GET" ? { ...spoiled, body: Buffer.alloc(0), mayClose: false } : spoiled;
  return { mayClose: false, ...whole, method, path, headers: { ...headers, host: hostOf(random, prey) } };
}

type Spoiled = Pick<FuzzedRequest, "kind" | "body"> & { headers?: Record<string, string>; mayClose?: boolean };

function spoil(random: Random, recorded: RecordedBeacon, prey: Prey): Spoiled {
  const chance = random.unit();
  if (chance < 0.002) return { kind: "over_the_limit", body: Buffer.alloc(OVER_THE_LIMIT, "x"), mayClose: true };
  if (chance < 0.006) return { kind: "gzip_bomb", body: BOMB, headers: packed("gzip"), mayClose: true };
  if (chance < 0.04) return packing(random, Buffer.from(recorded.body));
  if (chance < 0.12) return { kind: "other_tenant", body: Buffer.from(otherTenant(random, recorded.body, prey)) };
  const events = eventsOf(recorded.body);
  if (chance < 0.6 && events !== null) {
    const kind = random.pick(Object.keys(EVENT_MUTATIONS));
    return { kind, body: Buffer.from(EVENT_MUTATIONS[kind]?.(random, events) ?? "") };
  }
  const kind = random.pick(Object.keys(BYTE_MUTATIONS));
  return { kind, body: BYTE_MUTATIONS[kind]?.(random, Buffer.from(recorded.body)) ?? Buffer.alloc(0) };
}

function eventsOf(body: string): Record<string, unknown>[] | null {
  if (!body.startsWith("{")) return null;
  const { events } = JSON.parse(body) as { events?: Record<string, unknown>[] };
  return events === undefined || events.length === 0 ? null : events;
}

const packed = (encoding: string) => ({ "content-encoding": encoding });

function packing(random: Random, body: Buffer): Spoiled {
  const [kind, bytes, encoding] = random.pick([
    ["packed_gzip", gzipSync(body), "gzip"],
    ["packed_brotli", brotliCompressSync(body), "br"],
    ["packed_deflate", deflateSync(body), "deflate"],
    ["packed_cut", gzipSync(body).subarray(0, 40), "gzip"],
    ["packed_twice", gzipSync(gzipSync(body)), "gzip"],
    ["packed_not", body, "gzip"],
    ["packed_otherwise", body, "zstd"],
    ["packed_by_nonsense", body, random.pick(["gzip, br", "__proto__", "constructor", "hasOwnProperty", "*"])],
  ] as const);
  return { kind, body: bytes, headers: packed(encoding) };
}

/** Another tenant's view ids under the sender's own key, and keys that are nearly the other's: none of it may count there. */
function otherTenant(random: Random, body: string, { envKey, viewIds }: Prey): string {
  const viewId = viewIds.length === 0 ? "unknown" : random.pick(viewIds);
  const stolen = body.replaceAll(/"xid":"[^"]*"/g, `"xid":"${viewId}"`).replaceAll(/sid="[^"]*"/g, `sid="${viewId}"`);
  const nearly = random.pick([
    envKey.toUpperCase(),
    ` ${envKey}`,
    `${envKey}\u0000`,
    `${envKey}%`,
    `${envKey} `,
    envKey.slice(1),
  ]);
  switch (random.integer(0, 4)) {
    case 0:
      return stolen;
    case 1:
      return stolen.replaceAll(/"ake":"/g, `"ake":"${envKey}","ake":"`); // the last one counts
    case 2:
      return stolen.replaceAll(/"ake":"[^"]*"/g, `"ake":${JSON.stringify(nearly)}`);
    default:
      return stolen.replaceAll(/"ake":/g, `"environmentId":2,"environment_id":2,"ake":`);
  }
}

/** Events with a key of their own are not moved by the host's, whoever it names. */
function hostOf(random: Random, { envKey }: Prey): string {
  return random.pick([
    "beacons.example.com",
    "localhost",
    "[::1]:80",
    "a.b.c.d.e",
    "-",
    `${envKey.toUpperCase()}x.beacons.test`,
  ]);
}
