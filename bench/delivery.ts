import { createSign } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createLogger } from "../platform/observability/logger.ts";
import { createPool, createPostgres } from "../platform/postgres/pool.ts";
import { startFileServer } from "./delivery/file-server.ts";
import type { ViewersOrder, ViewersResult } from "./delivery/load.ts";
import { type Film, publishFilm } from "./delivery/publish-film.ts";
import { type Child, startChild } from "./measure/child.ts";
import { cpuSeconds } from "./measure/cpu-seconds.ts";
import { distributionOf } from "./measure/distribution.ts";
import { startVideoStack, type VideoStack } from "./stack/video-stack.ts";

/**
 * Stored segments of 4 s (1.3 MB, as of 720p, unless told otherwise) from delivery, beside nginx that serves the same bytes as files: as fast as 32
 * connections take them, in turns, then 200 viewers at the rate of playback, on a public and on a signed playback id, each with a
 * token of its own.
 *
 *     npm run bench:delivery [-- --seconds 8 --rounds 5 --viewers 200 --watch 30 --kilobytes 1300]
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "8" },
    rounds: { type: "string", default: "5" },
    viewers: { type: "string", default: "200" },
    watch: { type: "string", default: "30" },
    kilobytes: { type: "string", default: "1300" },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const viewers = Number(values.viewers);
const watchSeconds = Number(values.watch);
const segmentBytes = Number(values.kilobytes) * 1_000;

const SEGMENTS = 30;
const SEGMENT_MS = 4_000;
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;
const PROMISED_RATIO = 0.3;
const PROMISED_P99_MS = 50;

interface Server {
  name: string;
  port: number;
  pid: number;
  viewers: readonly (readonly string[])[];
}
interface Measured extends ViewersResult {
  cpuMicros: number;
}

const folder = await mkdtemp(join(tmpdir(), "playhead-delivery-bench-"));
let databaseUrl = "";
const stack = await startVideoStack({
  programs: ["delivery"],
  variables: { LOG_LEVEL: "warn" },
  onLine: console.log,
  prepare: async (url) => {
    databaseUrl = url;
  },
});
const load = await startChild(new URL("delivery/load.ts", import.meta.url));
try {
  const film = await publish(stack);
  const files = await startFileServer(film.filesDir);
  if (files === null)
    throw new Error("nginx is not installed, and there is nothing to compare with: apt-get install nginx-light");
  try {
    const isFast = await compareFullSpeed(stack, film, files);
    const isPrompt = await watchAll(stack, film, files);
    process.exitCode = isFast && isPrompt ? 0 : 1;
  } finally {
    await files.stop();
  }
} finally {
  await load.child.stop();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}

async function publish({ objectsDir }: VideoStack): Promise<Film> {
  const pool = createPool({ url: databaseUrl, applicationName: "bench", log: createLogger("bench", "silent") });
  const postgres = createPostgres(pool);
  const filesDir = join(folder, "files");
  try {
    return await publishFilm({ postgres, objectsDir, filesDir, segments: SEGMENTS, segmentBytes });
  } finally {
    await pool.end();
  }
}

async function compareFullSpeed(stack: VideoStack, film: Film, files: { port: number; pid: number }): Promise<boolean> {
  const names = Array.from({ length: film.segments }, (_, at) => `/${at}.m4s`);
  const own = { port: stack.ports.delivery, pid: stack.pid("delivery") };
  const [open = [], signed = []] = [await viewerPaths(stack, film, false), await viewerPaths(stack, film, true)];
  const all = (paths: readonly string[]) => Array.from({ length: CONNECTIONS }, () => paths);
  const servers: Server[] = [
    { ...files, name: "nginx, files", viewers: all(names) },
    { ...own, name: "delivery, public", viewers: all(open) },
    { ...own, name: "delivery, signed", viewers: all(signed) },
  ];
  const results = new Map(servers.map(({ name }) => [name, [] as Measured[]]));
  for (const server of servers) await measure(load.child, server, WARM_UP_SECONDS, 0);
  for (let round = 1; round <= rounds; round += 1) {
    for (const server of servers) {
      const result = await measure(load.child, server, seconds, 0);
      results.get(server.name)?.push(result);
      const perSecond = Math.round(result.requests / result.seconds);
      console.log(`  round ${round}, ${server.name}: ${perSecond} segments/s, load ${loadavg()[0]?.toFixed(1)}`);
    }
  }
  return reportSpeed(results);
}

function reportSpeed(results: ReadonlyMap<string, readonly Measured[]>): boolean {
  const medianOf = (measured: readonly Measured[], value: (one: Measured) => number) =>
    distributionOf(measured.map(value)).p50;
  const rates = [...results].map(([name, measured]) => {
    const perSecond = medianOf(measured, (one) => one.requests / one.seconds);
    const gigabits = medianOf(measured, (one) => (one.bytes * 8) / one.seconds / 1e9);
    return { name, perSecond, gigabits, cpuMicros: medianOf(measured, (one) => one.cpuMicros) };
  });
  const floor = rates[0]?.perSecond ?? Number.NaN;
  console.log("\n| server | segments/s | Gbit/s | CPU µs per segment | of nginx |\n|---|---|---|---|---|");
  for (const { name, perSecond, gigabits, cpuMicros } of rates) {
    const of = (perSecond / floor).toFixed(2);
    console.log(`| ${name} | ${Math.round(perSecond)} | ${gigabits.toFixed(1)} | ${Math.round(cpuMicros)} | ${of} |`);
  }
  const least = Math.min(...rates.slice(1).map(({ perSecond }) => perSecond / floor));
  console.log(
    `\nmedians of ${rounds} rounds; at least ${least.toFixed(2)} of nginx, promised ${PROMISED_RATIO} or more\n`,
  );
  return least >= PROMISED_RATIO;
}

/** nginx shows what the machine and the viewers themselves take just now; it is not judged. */
async function watchAll(stack: VideoStack, film: Film, files: { port: number; pid: number }): Promise<boolean> {
  const own = { port: stack.ports.delivery, pid: stack.pid("delivery") };
  const ofAll = (isSigned: boolean) =>
    Promise.all(Array.from({ length: viewers }, () => viewerPaths(stack, film, isSigned)));
  const names = Array.from({ length: film.segments }, (_, at) => `/${at}.m4s`);
  const servers: Server[] = [
    { ...files, name: "nginx, files", viewers: Array.from({ length: viewers }, () => names) },
    { ...own, name: "delivery, public", viewers: await ofAll(false) },
    { ...own, name: "delivery, signed", viewers: await ofAll(true) },
  ];
  const tails: number[] = [];
  for (const server of servers) {
    const { p50Ms, p99Ms, requests } = await measure(load.child, server, watchSeconds, SEGMENT_MS);
    tails.push(p99Ms);
    const figures = `${requests} segments, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
    console.log(
      `${viewers} viewers at the rate of playback, ${server.name}: ${figures}, load ${loadavg()[0]?.toFixed(1)}`,
    );
  }
  const worst = Math.max(...tails.slice(1));
  console.log(`\nat most ${worst.toFixed(1)} ms at p99, promised less than ${PROMISED_P99_MS}`);
  return worst < PROMISED_P99_MS;
}

/** The segments of one view, as a player finds them: from the playlist of a viewer to that of the rendition. */
async function viewerPaths({ stream }: VideoStack, film: Film, isSigned: boolean): Promise<string[]> {
  const url = `${stream}/${isSigned ? film.signedId : film.publicId}.m3u8`;
  const multivariant = await urisOf(isSigned ? `${url}?token=${sign(film)}` : url);
  const segments = await urisOf(multivariant[0] ?? "");
  if (segments.length !== film.segments) throw new Error(`a playlist of ${segments.length} segments`);
  return segments.map((uri) => new URL(uri).pathname + new URL(uri).search);
}

async function urisOf(url: string): Promise<string[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}: ${await response.text()}`);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => new URL(line, url).href);
}

function sign({ signedId, keyId, privateKey }: Film): string {
  const claims = { sub: signedId, aud: "v", kid: keyId, exp: Math.floor(Date.now() / 1_000) + 3_600 };
  const text = [{ alg: "RS256" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
}

async function measure(sender: Child, server: Server, durationSeconds: number, everyMs: number): Promise<Measured> {
  const order: ViewersOrder = { port: server.port, seconds: durationSeconds, viewers: server.viewers, everyMs };
  const before = cpuSeconds(server.pid);
  const result = (await sender.ask(order)) as ViewersResult;
  if (result.refused > 0) throw new Error(`${server.name}: ${result.refused} requests were not answered with 200`);
  return { ...result, cpuMicros: ((cpuSeconds(server.pid) - before) * 1e6) / result.requests };
}
