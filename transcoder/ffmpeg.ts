import { type ChildProcess, execFile } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import ffmpeg from "fluent-ffmpeg";
import type { Logger } from "../platform/observability/logger.ts";
import { inTemporaryFolder } from "../platform/temporary/temporary-folder.ts";
import {
  type Encoders,
  type Formats,
  missingEncoders,
  parseEncoders,
  parseFormats,
  parseVersion,
} from "./launch/capabilities.ts";
import { FfmpegError, type FfmpegFailure, ownReason, probeError } from "./launch/ffmpeg-error.ts";
import { guards } from "./launch/guards.ts";
import { LAUNCHER, SHELL } from "./launch/launcher.ts";
import { FIND_PROGRAMS, filesOfRun, type RunFiles, roomWith } from "./launch/room.ts";
import {
  CANDIDATES,
  joinLayers,
  launchArguments,
  layerNames,
  missingLayers,
  type RunLimits,
  type Sandbox,
} from "./launch/sandbox.ts";
import { type ProgressListener, StderrTail } from "./launch/stderr-tail.ts";
import { ProbeResult } from "./probe/probe-result.ts";

export { FfmpegError } from "./launch/ffmpeg-error.ts";
export type { ProbeResult } from "./probe/probe-result.ts";

/** One run of ffmpeg. The demuxer of the input is the caller's to force (`-f mov`): guessing would open playlists. */
export interface FfmpegRun {
  args: {
    /** Options that stand before the input. */
    input: readonly string[];
    /** Absolute path; without it the input is `stdin`, as `pipe:0`. */
    inputFile?: string;
    /** Options that stand before the output; the output itself is added. */
    output: readonly string[];
  };
  stdin?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Absolute paths of files beside `inputFile` that it reads, such as those of further `-i`. It sees no others. */
  files?: readonly string[];
  /** Small files that are written into its folder, by their names there: what filters read. */
  placed?: Readonly<Record<string, Uint8Array>>;
  maxOutputBytes: number;
  timeoutMs: number;
  signal?: AbortSignal;
  /** Nobody waits for it: other runs get the processor first. */
  isBackground?: boolean;
  onProgress?: (outTimeSeconds: number) => void;
  /** For long runs: ends one that writes nothing more for this long, or whose output gets longer than this. */
  watch?: { stallMs: number; maxOutSeconds: number };
}

/** One run with several outputs of the same decode; each may have as many bytes as `maxOutputBytes`. */
export interface FfmpegManyRun extends Omit<FfmpegRun, "args"> {
  args: {
    input: readonly string[];
    /** Graph whose labels the outputs map. */
    filter: string;
    outputs: readonly (readonly string[])[];
  };
}

export interface FfmpegTools {
  /** Resolves with all that ffmpeg writes. Its good exit proves nothing: look at what came. Rejects with {@link FfmpegError}. */
  run(run: FfmpegRun): Promise<Uint8Array>;
  /** Like `run`, with several outputs; resolves with the bytes of each, in order. */
  runMany(run: FfmpegManyRun): Promise<Uint8Array[]>;
  /** Like `run`, into a file, which is overwritten; after a rejection it may be there in part. */
  runToFile(run: FfmpegRun & { outputFile: string }): Promise<void>;
  probe(path: string, demuxer: string, signal?: AbortSignal): Promise<ProbeResult>;
  /** What holds each run back, for other programs that are to be held back as well. */
  layers: Sandbox;
  /** Names of the active layers around each run. */
  sandbox: readonly string[];
  /** Names of the layers that this machine cannot give. */
  missingLayers: readonly string[];
  version: string;
}

interface Tools {
  ffmpegPath: string;
  ffprobePath: string;
  sandbox: Sandbox;
  /** Arguments of bubblewrap that are the same for every run. */
  room: readonly string[];
  formats: Formats;
  encoders: Encoders;
}

const INSTALL = "apt-get install --yes --no-install-recommends ffmpeg";

/** What gives the layers that a machine lacks. */
export const LAYERS_HELP =
  "install bubblewrap and util-linux, and let the container make namespaces (Docker: --security-opt seccomp=unconfined)";

/** Processor time that one second of waiting may take: what several threads can use. */
const CPU_PER_WALL = 8;
/** Programs that answer requests come before those that make media. */
const NICENESS = 5;
/** About a ninth of the others' share of a busy processor. */
const BACKGROUND_NICENESS = 15;
/** It reads the first 5 MB and the index: a fraction of a second for any good file. */
const PROBE_TIMEOUT_MS = 20_000;
const PROBE_OUTPUT_BYTES = 4 * 1024 * 1024;

const execute = promisify(execFile);

/** Looks at the programs and at what this machine can hold them back with. Rejects with one sentence that says what to install. */
export async function openFfmpeg(options: {
  ffmpegPath: string;
  ffprobePath: string;
  log: Logger;
}): Promise<FfmpegTools> {
  const [ffmpegPath, ffprobePath] = [absolute(options.ffmpegPath), absolute(options.ffprobePath)];
  const ask = async (flag: string): Promise<string> =>
    (await execute(ffmpegPath, ["-hide_banner", flag], { maxBuffer: PROBE_OUTPUT_BYTES })).stdout;
  const answers = await Promise.all([
    execute(ffmpegPath, ["-version"]),
    ask("-formats"),
    ask("-encoders"),
    execute(ffprobePath, ["-version"]),
  ]).catch((cause) => {
    throw new Error(`ffmpeg and ffprobe 5.1 or later are needed and cannot be started: ${INSTALL}`, { cause });
  });
  const [{ stdout: versionText }, formatsText, encodersText] = answers;
  const found = parseVersion(versionText);
  if (!found?.isNewEnough)
    throw new Error(`ffmpeg is ${found?.version ?? "unknown"}, 5.1 or later is needed: ${INSTALL}`);
  const encoders = parseEncoders(encodersText);
  const lacking = missingEncoders(encoders);
  if (lacking.length > 0) throw new Error(`ffmpeg has no encoder ${lacking.join(" and ")}, Debian's has: ${INSTALL}`);

  const where = await execute(SHELL, ["-c", FIND_PROGRAMS, SHELL, ffmpegPath, ffprobePath]);
  const room = roomWith(where.stdout);
  const sandbox = await findSandbox(ffmpegPath, room);
  const tools = { ffmpegPath, ffprobePath, sandbox, room, formats: parseFormats(formatsText), encoders };
  options.log.info({ version: found.version, sandbox: layerNames(sandbox) }, "ffmpeg found");
  const missing = missingLayers(sandbox);
  if (missing.length > 0) options.log.warn({ missing, help: LAYERS_HELP }, "ffmpeg runs with less protection");
  return {
    run: (run) => runToBytes(tools, run),
    runMany: (run) => runToMany(tools, run),
    runToFile: (run) =>
      inPrivateFolder(async (cwd) => {
        await place(run, cwd);
        await writeFile(run.outputFile, ""); // only what is there can be shown to ffmpeg
        await launch(tools, run, cwd, [{ to: run.outputFile, ...outputOf(run) }]);
      }),
    probe: (path, demuxer, signal) => probe(tools, path, demuxer, signal),
    layers: sandbox,
    sandbox: layerNames(sandbox),
    missingLayers: missing,
    version: found.version,
  };
}

async function findSandbox(ffmpegPath: string, room: readonly string[]): Promise<Sandbox> {
  const limits: RunLimits = { cpuSeconds: 60, fileBytes: 1024 * 1024, niceness: NICENESS };
  const works = async (layer: Sandbox): Promise<boolean> => {
    const launched = layer.files ? [ffmpegPath, "-version"] : [SHELL, "-c", ":"];
    return execute(SHELL, [LAUNCHER, ...launchArguments(layer, limits, room), ...launched], {
      timeout: PROBE_TIMEOUT_MS,
    }).then(
      () => true,
      () => false,
    );
  };
  const outcomes = await Promise.all(CANDIDATES.map(works));
  return joinLayers(CANDIDATES.filter((_, index) => outcomes[index]));
}

async function runToBytes(tools: Tools, run: FfmpegRun): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const tooMuch = new AbortController();
  // Without "close": fluent-ffmpeg ends ffmpeg 20 ms after it, though ffmpeg may still be freeing its memory.
  const sink = new Writable({
    emitClose: false,
    write(chunk: Uint8Array, _encoding, done) {
      size += chunk.length;
      if (size > run.maxOutputBytes) tooMuch.abort();
      else chunks.push(chunk);
      done();
    },
  });
  await inPrivateFolder(async (cwd) => {
    await place(run, cwd);
    const isWritten = once(sink, "finish");
    await launch(tools, run, cwd, [{ to: sink, ...outputOf(run) }], tooMuch.signal);
    await isWritten;
  });
  if (tooMuch.signal.aborted) throw new FfmpegError("too_much_output", { stderrTail: "", exitCode: 0, signal: null });
  return Buffer.concat(chunks, size);
}

/** ffmpeg writes one pipe only: several outputs are files of the private folder. */
async function runToMany(tools: Tools, run: FfmpegManyRun): Promise<Uint8Array[]> {
  const { filter, outputs } = run.args;
  return inPrivateFolder(async (cwd) => {
    await place(run, cwd);
    const files = outputs.map((options, n) => ({ to: join(cwd, `${n}.mp4`), options }));
    const [first, ...others] = files;
    if (first === undefined) return [];
    const graphed = { to: first.to, options: ["-filter_complex", filter, ...first.options] };
    await launch(tools, run, cwd, [graphed, ...others]);
    return Promise.all(files.map(({ to }) => readFile(to)));
  });
}

async function place({ placed = {} }: Pick<FfmpegRun, "placed">, cwd: string): Promise<void> {
  for (const [name, bytes] of Object.entries(placed)) await writeFile(join(cwd, name), bytes);
}

interface Output {
  to: Writable | string;
  options: readonly string[];
}

const outputOf = ({ args }: FfmpegRun): Omit<Output, "to"> => ({ options: args.output });

/** A run without its outputs. */
type Launched = Omit<FfmpegRun, "args"> & { args: { input: readonly string[]; inputFile?: string } };

/** Starts ffmpeg through the launcher and waits for its end. */
async function launch(
  tools: Tools,
  run: Launched,
  cwd: string,
  outputs: readonly Output[],
  tooMuch?: AbortSignal,
): Promise<void> {
  if (run.signal?.aborted) throw new FfmpegError("aborted", { stderrTail: "", exitCode: null, signal: null });
  const input = run.args.inputFile ?? Readable.from(chunksOf(run.stdin), { objectMode: false });
  const command = prepare(tools, run, cwd, input, outputs);
  const { watch } = run;
  const stall = watch && setTimeout(() => end("stalled"), watch.stallMs);
  const tail = new StderrTail(isFollowed(run) ? listenerOf(run, stall, () => end("endless")) : undefined);
  const ended: { reason: FfmpegFailure | null; code: number | null; signal: string | null } = {
    reason: null,
    code: null,
    signal: null,
  };
  let child: ChildProcess | undefined;
  const end = (reason: FfmpegFailure): void => {
    ended.reason ??= reason;
    child?.kill("SIGKILL");
  };
  const onAbort = (): void => end("aborted");
  run.signal?.addEventListener("abort", onAbort);
  tooMuch?.addEventListener("abort", () => end("too_much_output"));
  const timer = setTimeout(end, run.timeoutMs, "timeout");
  try {
    await new Promise<void>((resolve, reject) => {
      command.on("start", () => {
        child = processOf(command);
        child?.once("exit", (code, signal) => Object.assign(ended, { code, signal }));
        if (ended.reason !== null) end(ended.reason);
      });
      command.on("stderr", (line: string) => tail.add(line));
      command.on("end", () => resolve());
      command.on("error", reject);
      command.run();
    });
  } catch (cause) {
    if (isInputFailure(cause)) throw cause.inputStreamError;
    const reason = ended.reason ?? ownReason({ ...ended, stderrTail: tail.text() });
    throw new FfmpegError(reason, { stderrTail: tail.text(), exitCode: ended.code, signal: ended.signal }, { cause });
  } finally {
    clearTimeout(timer);
    clearTimeout(stall);
    run.signal?.removeEventListener("abort", onAbort);
    if (typeof input !== "string") input.destroy();
  }
}

/** The file that is written elsewhere than in the run's own folder. */
function fileOutside(outputs: readonly Output[], cwd: string): string | null {
  const files = outputs.flatMap(({ to }) => (typeof to === "string" && dirname(to) !== cwd ? [to] : []));
  return files[0] ?? null;
}

function isFollowed({ onProgress, watch }: Pick<FfmpegRun, "onProgress" | "watch">): boolean {
  return onProgress !== undefined || watch !== undefined;
}

function listenerOf(
  { onProgress, watch }: Pick<FfmpegRun, "onProgress" | "watch">,
  stall: NodeJS.Timeout | undefined,
  endless: () => void,
): ProgressListener {
  return {
    onProgress: (outTimeSeconds) => {
      if (watch !== undefined && outTimeSeconds > watch.maxOutSeconds) endless();
      onProgress?.(outTimeSeconds);
    },
    onAdvance: () => void stall?.refresh(),
  };
}

/**
 * The command with all its arguments. fluent-ffmpeg looks up formats and encoders before each run, by two more processes at
 * the first one; it gets what is known already. Its own progress would start ffprobe each time and is not used.
 */
function prepare(tools: Tools, run: Launched, cwd: string, input: Readable | string, outputs: readonly Output[]) {
  const limits = {
    cpuSeconds: Math.max(1, (run.timeoutMs / 1000) * CPU_PER_WALL),
    fileBytes: run.maxOutputBytes,
    niceness: run.isBackground === true ? BACKGROUND_NICENESS : NICENESS,
  };
  const progress = isFollowed(run) ? ["-progress", "pipe:2", "-nostats", "-stats_period", "0.5"] : [];
  const files: RunFiles = {
    folder: cwd,
    reads: [...(typeof input === "string" ? [input] : []), ...(run.files ?? [])],
    writes: fileOutside(outputs, cwd),
  };
  const command = ffmpeg({ cwd, stdoutLines: 1 });
  command.setFfmpegPath(SHELL);
  command.availableFormats = (answer) => answer(null as unknown as Error, tools.formats);
  command.availableEncoders = (answer) => answer(null as unknown as Error, tools.encoders);
  command.input(input);
  // Always several at once: a single argument would be split at its space.
  command.inputOptions(
    ...[LAUNCHER, ...launcherOf(tools, limits, files), tools.ffmpegPath],
    ...["-hide_banner", "-nostdin", "-v", "error", ...progress],
    ...guards(typeof input === "string" ? "file,pipe" : "pipe"),
    ...run.args.input,
  );
  for (const { to, options } of outputs) {
    command.output(to);
    command.outputOptions(...["-hide_banner", ...options]);
  }
  return command;
}

async function probe(tools: Tools, path: string, demuxer: string, signal?: AbortSignal): Promise<ProbeResult> {
  const limits = { cpuSeconds: PROBE_TIMEOUT_MS / 1000, fileBytes: 0, niceness: NICENESS };
  const args = ["-hide_banner", "-v", "error", ...guards("file,pipe"), "-show_streams", "-show_format", "-of", "json"];
  const options = {
    timeout: PROBE_TIMEOUT_MS,
    killSignal: "SIGKILL",
    maxBuffer: PROBE_OUTPUT_BYTES,
    ...(signal && { signal }),
  } as const;
  return inPrivateFolder(async (cwd) => {
    const launcher = launcherOf(tools, limits, { folder: cwd, reads: [path], writes: null });
    const program = [LAUNCHER, ...launcher, tools.ffprobePath];
    try {
      const { stdout } = await execute(SHELL, [...program, ...args, "-f", demuxer, path], { ...options, cwd });
      return ProbeResult.parse(JSON.parse(stdout));
    } catch (cause) {
      throw probeError(cause, signal?.aborted === true);
    }
  });
}

function launcherOf({ sandbox, room }: Tools, limits: RunLimits, files: RunFiles): string[] {
  return launchArguments(sandbox, limits, [...room, ...filesOfRun(files)]);
}

/** ffmpeg writes some by-products where it stands; they go with the folder. */
function inPrivateFolder<T>(work: (cwd: string) => Promise<T>): Promise<T> {
  return inTemporaryFolder("ffmpeg", work);
}

/** fluent-ffmpeg keeps the process in a field that its types leave out. */
function processOf(command: object): ChildProcess | undefined {
  return "ffmpegProc" in command ? (command.ffmpegProc as ChildProcess) : undefined;
}

/** What broke the input, which fluent-ffmpeg hands on inside its own error. An ffmpeg that stops reading early is none. */
function isInputFailure(error: unknown): error is { inputStreamError: Error } {
  return error instanceof Error && "inputStreamError" in error;
}

function chunksOf(stdin: FfmpegRun["stdin"]): AsyncIterable<Uint8Array> | Uint8Array[] {
  if (stdin === undefined) return [];
  return stdin instanceof Uint8Array ? [stdin] : stdin;
}

/** A path is taken from where the program started; a name is left to PATH. */
function absolute(program: string): string {
  return program.includes("/") ? resolve(program) : program;
}
