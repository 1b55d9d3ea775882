import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const MAX_BYTES = 1024 ** 3;

/** Runs ffmpeg to its end and gives what it writes to `pipe:1`. */
export async function runFfmpeg(args: readonly string[], cwd?: string): Promise<Buffer> {
  const options = { encoding: "buffer", maxBuffer: MAX_BYTES, ...(cwd !== undefined && { cwd }) } as const;
  const { stdout } = await run("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args], options);
  return stdout;
}

/** Copies all streams into another file; gives its path. */
export async function copied(input: readonly string[], file: string): Promise<string> {
  await runFfmpeg([...input, "-c", "copy", file]);
  return file;
}

/** What ffprobe tells, a line each; empty ones left out. */
export async function probeLines(args: readonly string[]): Promise<string[]> {
  const { stdout } = await run("ffprobe", ["-v", "error", ...args], { maxBuffer: MAX_BYTES });
  return stdout.split("\n").filter((line) => line !== "");
}
