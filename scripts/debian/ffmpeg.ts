import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { installCommand, installing, mayInstall } from "./install-packages.ts";

export interface FfmpegPaths {
  ffmpegPath: string;
  ffprobePath: string;
  /** `PATH`, in which names without a slash are looked for. */
  searchPath: string;
}

/** With what holds it back: without bubblewrap it works as well, with less protection (`/readyz` of the transcoder says so). */
const PACKAGES = "ffmpeg bubblewrap";

/** Runs a command to its end and resolves with its exit code. */
type Run = (command: [string, string, string]) => Promise<number>;

/**
 * Installs Debian's ffmpeg where that is possible without asking. Resolves with the line that says what to do, or null.
 * Programs that were named (`FFMPEG_PATH`) are never installed. Whether a version will do, the transcoder says.
 */
export async function ffmpegMissing(
  paths: FfmpegPaths,
  install: Run,
  canInstall = mayInstall(),
): Promise<string | null> {
  const missing = missingProgram(paths);
  if (missing === null) return null;
  if (missing.includes("/")) return `${missing} is no program: FFMPEG_PATH and FFPROBE_PATH name ffmpeg and ffprobe`;
  const advice = `Video needs ffmpeg 5.1 or later: sudo ${installCommand(PACKAGES)}`;
  if (!canInstall) return advice;
  const code = await install(installing(PACKAGES));
  return code === 0 && missingProgram(paths) === null ? null : advice;
}

/** The first of the two that is not there, or null. */
function missingProgram({ ffmpegPath, ffprobePath, searchPath }: FfmpegPaths): string | null {
  return [ffmpegPath, ffprobePath].find((program) => !isProgram(program, searchPath)) ?? null;
}

function isProgram(program: string, searchPath: string): boolean {
  const folders = program.includes("/") ? [""] : searchPath.split(delimiter);
  return folders.some((folder) => isExecutable(folder === "" ? resolve(program) : join(folder, program)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run
  }
}
