import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { SPEECH_RATE } from "../domain/captions/quiet-cuts.ts";
import type { SpokenLine } from "../domain/captions/speech-captions.ts";
import { PYTHON, recogniserIn } from "../platform/speech/embedded/recogniser-files.ts";
import { inTemporaryFolder } from "../platform/temporary/temporary-folder.ts";
import { LAUNCHER, SHELL } from "./launch/launcher.ts";
import { filesOfRun, roomWith } from "./launch/room.ts";
import { launchArguments, type Sandbox } from "./launch/sandbox.ts";

const SCRIPT = join(import.meta.dirname, "speech/recognise.py");

/** What a run may take, and so much more for each second of sound. It takes 0.4 s of the processor, and 0.1 s (measured). */
const LIMIT_SECONDS = 30;
const CPU_PER_SECOND = 2;
/** Of waiting: everybody else gets the processor first. */
const WALL_PER_SECOND = 10;
const NICENESS = 15;
/** A minute has some 1,500 characters. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** There is no recogniser on this machine. It may be on its way. */
export class NoRecogniserError extends Error {
  override readonly name = "NoRecogniserError";
}

/** A run of the recogniser that failed. Its last words are for logs. */
export class RecogniserError extends Error {
  override readonly name = "RecogniserError";
}

export interface Recogniser {
  /**
   * Writes down what is said in some pieces of sound. Rejects with {@link NoRecogniserError}, {@link RecogniserError}, or the
   * signal's reason.
   *
   * @param sound mono, `SPEECH_RATE`
   * @param ends of its pieces, in samples; each is heard by itself
   */
  listen(sound: Int16Array, ends: readonly number[], signal: AbortSignal): Promise<SpokenLine[]>;
}

const Line: z.ZodType<SpokenLine> = z.object({ startMs: z.number(), endMs: z.number(), text: z.string() });

const execute = promisify(execFile);

/**
 * The only door to the recogniser of speech. It hears what strangers have sent, so it is held back as ffmpeg is: by limits, without
 * network, and with no file in sight but its own.
 *
 * @param folder in which it is installed, looked at for each run
 * @param sandbox what this machine can hold programs back with
 */
export function openRecogniser(folder: string, sandbox: Sandbox): Recogniser {
  const room = roomWith(PYTHON);
  return {
    listen: async (sound, ends, signal) => {
      signal.throwIfAborted();
      const packages = recogniserIn(folder);
      if (packages === null) throw new NoRecogniserError("the recogniser is not installed");
      const seconds = Math.ceil(sound.length / SPEECH_RATE);
      const timeout = (LIMIT_SECONDS + seconds * WALL_PER_SECOND) * 1_000;
      const limits = { cpuSeconds: LIMIT_SECONDS + seconds * CPU_PER_SECOND, fileBytes: 0, niceness: NICENESS };
      return inTemporaryFolder("speech", async (cwd) => {
        const files = filesOfRun({ folder: cwd, reads: [packages, SCRIPT], writes: null });
        const launched = [LAUNCHER, ...launchArguments(sandbox, limits, [...room, ...files]), PYTHON, "-I", SCRIPT];
        const options = {
          timeout,
          killSignal: "SIGKILL",
          maxBuffer: MAX_OUTPUT_BYTES,
          cwd,
          signal,
        } as const;
        try {
          const running = execute(SHELL, [...launched, packages, ...ends.map(String)], options);
          running.child.stdin?.on("error", () => {}); // it ended first, which its exit tells
          running.child.stdin?.end(Buffer.from(sound.buffer, sound.byteOffset, sound.byteLength));
          return linesOf((await running).stdout);
        } catch (cause) {
          signal.throwIfAborted();
          throw new RecogniserError(lastWords(cause), { cause });
        }
      });
    },
  };
}

function linesOf(printed: string): SpokenLine[] {
  return printed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Line.parse(JSON.parse(line)));
}

function lastWords(cause: unknown): string {
  const { stderr } = cause as { stderr?: unknown };
  const last = typeof stderr === "string" ? stderr.trim().split("\n").at(-1) : undefined;
  return `the recogniser failed: ${last || String(cause)}`;
}
