import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startVideoStack, type VideoStack } from "../stack/video-stack.ts";
import { addEnvironment } from "./further-environment.ts";
import type { TraceJudgement } from "./judge-trace.ts";
import { hostileFile } from "./mutate-media.ts";
import { makeSeeds, type Seed } from "./seeds.ts";
import { type TakenIn, takeIn } from "./take-in.ts";
import { startTrace } from "./trace.ts";
import { type WatchedProcesses, watchProcesses } from "./watch-processes.ts";

export interface MediaFuzzRun {
  count: number;
  seed: number;
  /** So many of them are taken in while strace follows the transcoder. */
  traced: number;
  /** Leaves out those before. */
  from?: number;
  onProgress?: (line: string) => void;
  /** Takes no more files, and judges those that were. */
  signal?: AbortSignal;
}

export interface MediaFuzzResult {
  files: (TakenIn & { nth: number; kind: string })[];
  /** Lines of the programs' logs that say error, programs that died, ffmpegs that were left, requests to the host that nobody may ask. */
  alarms: string[];
  processes: Pick<WatchedProcesses, "seen" | "peakMib" | "wrong">;
  /** Null without strace. */
  trace: TraceJudgement | null;
  /** Most memory that the transcoder ever had, MiB. */
  transcoderMib: number;
}

const PROGRESS_EVERY = 100;
/**
 * A damaged film may be decoded otherwise in a piece than as a whole, or not at all: ffmpeg gives up (69) where most of what it was given
 * is broken. Such a segment or picture is refused (503) and counted as that.
 */
const DAMAGED = /EncodeMismatchError|ffmpeg exited with code 69|0 bytes of a picture/;

/** Uploads spoilt files to a real server with a real transcoder, and says what became of each. */
export async function runMediaFuzz(run: MediaFuzzRun): Promise<MediaFuzzResult> {
  const alarms: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), "playhead-media-fuzz-"));
  const canary = await openCanary((line) => alarms.push(line));
  const seeds = await makeSeeds();
  /** Of an environment only one file is converted at a time, so that each has an environment of its own to wait for nobody. */
  const callers: string[] = [];
  const stack = await startVideoStack({
    variables: { API_RATE_PER_SECOND: "100000", API_RATE_BURST: "1000000", TMPDIR: folder },
    onLine: (line) => {
      const isAlarm = /"level":"?(50|60|error|fatal)/.test(line) && !DAMAGED.test(line);
      if (isAlarm) alarms.push(line.slice(0, 800));
    },
    prepare: async (databaseUrl) => void callers.push(await addEnvironment(databaseUrl)),
  });
  callers.push(stack.authorization);
  const pid = stack.pid("transcoder");
  const surroundings = { stack, seeds, callers, canaryUrl: canary.url };
  const watched = watchProcesses(() => stack.pid("transcoder"));
  try {
    const folders = [join(folder, "playhead-"), join(stack.objectsDir, "@work/")];
    const trace = run.traced > 0 ? await startTrace(pid, join(folder, "trace"), folders) : null;
    const { from = 0 } = run;
    const firstFiles = await takeAll(run, surroundings, from, from + run.traced);
    const judgement = (await trace?.end()) ?? null;
    const rest = await takeAll(run, surroundings, from + run.traced, from + run.count);
    if (stack.pid("transcoder") !== pid || !isAlive(pid)) alarms.push("the transcoder died");
    const transcoderMib = peakMemory(pid);
    const { seen, peakMib, wrong } = watched;
    return {
      files: [...firstFiles, ...rest],
      alarms,
      processes: { seen, peakMib, wrong },
      trace: judgement,
      transcoderMib,
    };
  } finally {
    watched.stop();
    await stack.stop();
    canary.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Surroundings {
  stack: VideoStack;
  seeds: readonly Seed[];
  /** `Authorization` of each environment. */
  callers: readonly string[];
  canaryUrl: string;
}

async function takeAll(
  { seed, onProgress, signal }: MediaFuzzRun,
  { stack, seeds, callers, canaryUrl }: Surroundings,
  from: number,
  to: number,
): Promise<MediaFuzzResult["files"]> {
  const files: MediaFuzzResult["files"] = [];
  let next = from;
  const work = async (authorization: string): Promise<void> => {
    for (let nth = next++; nth < to && signal?.aborted !== true; nth = next++) {
      const { kind, bytes } = hostileFile(seeds, seed, nth, canaryUrl);
      files.push({ nth, kind, ...(await takeIn({ ...stack, authorization }, bytes)) });
      if (files.length % PROGRESS_EVERY === 0) onProgress?.(`${from + files.length} taken in`);
    }
  };
  await Promise.all(callers.map(work));
  return files;
}

/** A host on this machine that playlists name. Nobody may ask it. */
async function openCanary(onAsked: (line: string) => void): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    onAsked(`somebody asked the host that a file names: ${request.method} ${request.url}`);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** `VmHWM` of a process, Linux only. */
function peakMemory(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kib) / 1_024);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
