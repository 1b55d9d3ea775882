import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createLogger } from "../platform/observability/logger.ts";
import { FfmpegError, type FfmpegTools, openFfmpeg } from "./ffmpeg.ts";

const log = createLogger("test", "silent");
const PATHS = { ffmpegPath: "ffmpeg", ffprobePath: "ffprobe" };
const RUN = { maxOutputBytes: 64 * 1024 * 1024, timeoutMs: 30_000 };
const FRAMES = ["-map", "0:v:0", "-f", "framemd5"];

let folder: string;
let source: string;
let tools: FfmpegTools;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "playhead-ffmpeg-test-"));
  vi.stubEnv("TMPDIR", folder); // private folders of other Playheads lie in the system's
  source = join(folder, "source with a space.mp4");
  const pattern = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4"];
  execFileSync("ffmpeg", ["-v", "error", ...pattern, "-c:v", "libx264", "-pix_fmt", "yuv420p", source]);
  tools = await openFfmpeg({ ...PATHS, log });
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const privateFolders = () => readdirSync(folder).filter((name) => /^playhead-ffmpeg-\w{6}$/.test(name));

async function failure(promise: Promise<unknown>): Promise<FfmpegError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FfmpegError);
  return error as FfmpegError;
}

describe("ffmpeg", () => {
  it("gives back all that ffmpeg writes, of a file", async () => {
    const output = await tools.run({ ...RUN, args: { input: ["-f", "mov"], inputFile: source, output: FRAMES } });
    expect(frames(output)).toHaveLength(100);
  });

  it("reads bytes that are piped in, whole or in pieces, with back pressure", async () => {
    const frame = new Uint8Array(320 * 180);
    const input = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "320x180", "-r", "25"];
    let given = 0;
    async function* pieces() {
      for (; given < 500; given += 1) yield frame;
    }
    const whole = await tools.run({ ...RUN, args: { input, output: FRAMES }, stdin: frame });
    expect(frames(whole)).toHaveLength(1);
    const output = await tools.run({ ...RUN, args: { input, output: FRAMES }, stdin: pieces() });
    expect(frames(output)).toHaveLength(500);
    given = 0;
    await tools.run({ ...RUN, args: { input, output: ["-frames:v", "1", ...FRAMES] }, stdin: pieces() });
    expect(given).toBeLessThan(500);
  });

  it("writes a file and tells how far it is", async () => {
    const outputFile = join(folder, "copy.mp4");
    const seen: number[] = [];
    const args = { input: ["-f", "mov"], inputFile: source, output: ["-c", "copy", "-f", "mp4"] };
    await tools.runToFile({ ...RUN, args, outputFile, onProgress: (seconds) => seen.push(seconds) });
    expect(statSync(outputFile).size).toBeGreaterThan(1000);
    expect(seen.at(-1)).toBeGreaterThan(3.8);
  });

  it("says why a run failed", async () => {
    const noMedia = await failure(
      tools.run({ ...RUN, args: { input: ["-f", "mov"], output: FRAMES }, stdin: new Uint8Array(5000) }),
    );
    expect(noMedia).toMatchObject({ reason: "exit", exitCode: expect.any(Number) });
    expect(noMedia.exitCode).not.toBe(0);
    expect(noMedia.stderrTail).not.toBe("");

    const endless = { input: ["-f", "lavfi"], inputFile: "testsrc2=s=64x64", output: ["-f", "rawvideo"] };
    const large = await failure(tools.run({ ...RUN, args: endless, maxOutputBytes: 1_000_000 }));
    expect(large.reason).toBe("too_much_output");
    const slow = await failure(tools.run({ ...RUN, args: { ...endless, output: ["-f", "null"] }, timeoutMs: 300 }));
    expect(slow).toMatchObject({ reason: "timeout", signal: "SIGKILL" });
    const gone = await failure(tools.run({ ...RUN, args: endless, signal: AbortSignal.abort() }));
    expect(gone.reason).toBe("aborted");
    const leaving = await failure(
      tools.run({ ...RUN, args: { ...endless, output: ["-f", "null"] }, signal: AbortSignal.timeout(200) }),
    );
    expect(leaving.reason).toBe("aborted");
  });

  it("ends a written file at its limit", async () => {
    const args = { input: ["-f", "lavfi"], inputFile: "testsrc2=s=640x360", output: ["-f", "rawvideo"] };
    const error = await failure(
      tools.runToFile({ ...RUN, args, outputFile: join(folder, "big"), maxOutputBytes: 1_000_000 }),
    );
    expect(error.reason).toBe("too_much_output");
    expect(statSync(join(folder, "big")).size).toBeLessThanOrEqual(1_000_448);
  });

  it("hands on what broke the input", async () => {
    async function* broken() {
      yield new Uint8Array(10);
      throw new Error("the store is gone");
    }
    const run = tools.run({ ...RUN, args: { input: ["-f", "mov"], output: FRAMES }, stdin: broken() });
    await expect(run).rejects.toThrow("the store is gone");
  });

  it("runs without network, environment or memory without end", async () => {
    expect(tools.sandbox).toEqual(expect.arrayContaining(["forced-demuxer", "protocol-whitelist", "memory", "cpu"]));
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.mp4`;
    await failure(tools.run({ ...RUN, args: { input: ["-f", "mov"], inputFile: url, output: FRAMES } }));
    if (tools.sandbox.includes("no-network")) {
      const input = ["-protocol_whitelist", "http,tcp", "-f", "mov"];
      await failure(tools.run({ ...RUN, args: { input, inputFile: url, output: FRAMES } }));
    }
    const playlist = join(folder, "list.mp4");
    writeFileSync(playlist, `ffconcat version 1.0\nfile '${source}'\n`);
    await failure(tools.run({ ...RUN, args: { input: ["-f", "mov"], inputFile: playlist, output: FRAMES } }));
    writeFileSync(playlist, `#EXTM3U\n#EXTINF:1,\n${url}\n#EXT-X-ENDLIST\n`);
    await failure(tools.probe(playlist, "mov"));
    server.close();
    expect(asked).toBe(0);
  });

  it("sees no file but those it was given, and writes none beside its own", async () => {
    if (!tools.sandbox.includes("private-files")) return;
    const other = join(folder, "other.mp4");
    copyFileSync(source, other);
    const second = ["-f", "mov", "-i", other, "-map", "1:v:0", "-f", "framemd5"];
    const args = { input: ["-f", "mov"], inputFile: source, output: second };
    const unseen = await failure(tools.run({ ...RUN, args }));
    expect(unseen.stderrTail).toContain("No such file");
    expect(frames(await tools.run({ ...RUN, args, files: [other] }))).toHaveLength(100);
    const elsewhere = ["-map", "0:v:0", "-c", "copy", "-f", "mp4", other, ...FRAMES];
    const whole = readFileSync(other);
    await failure(tools.run({ ...RUN, files: [other], args: { ...args, output: elsewhere } }));
    expect(readFileSync(other).equals(whole)).toBe(true);
  });

  it("takes being killed by somebody for no fault of the file", async () => {
    const marker = `testsrc2=s=64x64:d=${3600 + Math.floor(Math.random() * 1e6)}`;
    const args = { input: ["-re", "-f", "lavfi"], inputFile: marker, output: ["-f", "null"] };
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      const failed = failure(tools.run({ ...RUN, args }));
      const running = () =>
        listProcesses().find((one) => /^\S*ffmpeg /.test(one.commandLine) && one.commandLine.includes(marker));
      await until(() => running() !== undefined);
      await sleep(200); // until it listens to signals
      process.kill(running()?.pid ?? 0, signal);
      expect((await failed).reason).toBe("killed");
    }
  });

  it("does not outlive the transcoder, however that dies", async () => {
    if (!tools.sandbox.includes("dies-with-parent")) return;
    const outputFile = join(folder, "orphan.raw");
    const endless = { input: ["-re", "-f", "lavfi"], inputFile: "testsrc2=s=64x64", output: ["-f", "rawvideo"] };
    const script = `
      const { openFfmpeg } = await import(${JSON.stringify(join(import.meta.dirname, "ffmpeg.ts"))});
      const tools = await openFfmpeg({ ffmpegPath: "ffmpeg", ffprobePath: "ffprobe", log: { info() {}, warn() {} } });
      await tools.runToFile(${JSON.stringify({ ...RUN, args: endless, outputFile })});`;
    const node = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
    const runs = () => listProcesses().some(({ commandLine }) => commandLine.includes(outputFile));
    await until(runs);
    node.kill("SIGKILL");
    await until(() => !runs());
    for (const name of privateFolders()) rmSync(join(folder, name), { recursive: true });
  });

  it("leaves no folder behind", () => expect(privateFolders()).toEqual([]));

  it("probes a file with a forced demuxer", async () => {
    const { streams, format } = await tools.probe(source, "mov");
    expect(streams).toMatchObject([{ codec_name: "h264", width: 320, height: 180, nb_frames: 100 }]);
    expect(format.duration).toBe(4);
    expect(await failure(tools.probe(source, "matroska"))).toMatchObject({ reason: "exit" });
  });

  it("says what to install where there is none, or an old one", async () => {
    const absent = openFfmpeg({ ...PATHS, ffmpegPath: join(folder, "none"), log });
    await expect(absent).rejects.toThrow(/apt-get install .*ffmpeg$/);
    const old = join(folder, "ffmpeg");
    writeFileSync(old, "#!/bin/sh\necho ffmpeg version 4.4.2\necho 'libavcodec     58.134.100 / 58.134.100'\n", {
      mode: 0o755,
    });
    await expect(openFfmpeg({ ...PATHS, ffmpegPath: old, log })).rejects.toThrow(/^ffmpeg is 4\.4\.2, 5\.1 or later/);
    expect(readFileSync(old, "utf8")).toContain("4.4.2");
  });
});

/** Processes and their command lines, as Linux tells them. */
function listProcesses(): { pid: number; commandLine: string }[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.map((id) => ({
    pid: Number(id),
    commandLine: readIfThere(`/proc/${id}/cmdline`).replaceAll("\0", " "),
  }));
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it ended meanwhile
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadlineMs = Date.now() + 10_000; !condition(); await sleep(25)) {
    if (Date.now() > deadlineMs) throw new Error(`waited 10 s for ${condition}`);
  }
}

function frames(output: Uint8Array): string[] {
  return new TextDecoder()
    .decode(output)
    .split("\n")
    .filter((line) => /^\d/.test(line));
}
