import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseRecording, type RecordedRequest } from "../domain/wire/rewrite-recording.ts";
import { playRecording, type Replayed } from "./replay/play.ts";
import { createPoster } from "./simulate/post.ts";
import { findRunningSystem, loopbackAddress, UsageError } from "./simulate/running-system.ts";

const USAGE = `npm run replay -- FILE [options]

  FILE                a recording (.ndjson), or a folder of them, played side by side
  --speed N           so many times faster (default 1); views keep their durations
  --collector H:P     a collector on this machine (default: the Playhead that runs here)
  --env-key KEY       its environment key
  --data DIR          data folder of that Playhead (default .playhead)`;

const MAX_SPEED = 10_000;

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        speed: { type: "string" },
        collector: { type: "string" },
        "env-key": { type: "string" },
        data: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const [path, ...others] = positionals;
  if (values.help === true || path === undefined || others.length > 0) {
    console.log(USAGE);
    return values.help === true ? 0 : 2;
  }
  const speed = Number(values.speed ?? "1");
  if (!(speed > 0 && speed <= MAX_SPEED))
    throw new UsageError(`--speed ${values.speed} is no number up to ${MAX_SPEED}`);
  const given = { collector: values.collector, environmentKey: values["env-key"] };
  const { collector, environmentKey } = findRunningSystem(given, resolve(values.data ?? ".playhead"));
  const recordings = recordingFiles(path).map((file) => ({ file, requests: readRecording(file) }));

  const poster = createPoster(loopbackAddress(collector));
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  try {
    const replay = { speed, envKey: environmentKey, signal: stop.signal };
    const played = await Promise.all(
      recordings.map(async ({ file, requests }) => {
        const replayed = await playRecording(poster, { requests, ...replay });
        console.log(replayText(basename(file, ".ndjson"), replayed));
        return replayed;
      }),
    );
    return played.some(({ failed }) => failed > 0) ? 1 : 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    throw error;
  } finally {
    poster.close();
  }
}

function recordingFiles(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new UsageError(`${path} does not exist`);
  if (!stats.isDirectory()) return [path];
  const files = readdirSync(path).filter((name) => name.endsWith(".ndjson"));
  if (files.length === 0) throw new UsageError(`${path} holds no .ndjson files`);
  return files.sort().map((name) => join(path, name));
}

function readRecording(file: string): RecordedRequest[] {
  const requests = parseRecording(readFileSync(file, "utf8"));
  if (requests === null) throw new UsageError(`${file} is no recording of beacons`);
  return requests;
}

function replayText(name: string, { viewIds, requests, failed, lastFailure }: Replayed): string {
  const reason = lastFailure === null ? "" : ` (${lastFailure.error ?? `HTTP ${lastFailure.status}`})`;
  const outcome = failed === 0 ? `${requests} requests` : `${requests} requests, ${failed} failed${reason}`;
  return [`${name}: ${outcome}`, ...[...viewIds.values()].map((id) => `  ${id}`)].join("\n");
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`replay: ${error.message}`);
  process.exitCode = 2;
}
