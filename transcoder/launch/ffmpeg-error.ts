import { constants } from "node:os";
import { LAYER_FAILED } from "./sandbox.ts";

/**
 * `exit`: it ended by itself and badly, or crashed; `timeout`, `too_much_output`: it was ended for that; `stalled`,
 * `endless`: likewise, for getting no further or too far; `aborted`: nobody waits any more; `start`: it could not be started;
 * `killed`: somebody else ended it, which says nothing of the file.
 */
export type FfmpegFailure =
  | "exit"
  | "timeout"
  | "too_much_output"
  | "stalled"
  | "endless"
  | "aborted"
  | "start"
  | "killed";

export interface FfmpegFailureDetail {
  /** Last lines of standard error, at most 4 KiB. They may quote the customer's file: for logs, never for an answer. */
  stderrTail: string;
  exitCode: number | null;
  signal: string | null;
}

/** A run of ffmpeg or ffprobe that brought nothing. The reverse is not true: a good exit proves nothing about its output. */
export class FfmpegError extends Error {
  override readonly name = "FfmpegError";
  readonly reason: FfmpegFailure;
  readonly stderrTail: string;
  readonly exitCode: number | null;
  readonly signal: string | null;

  constructor(reason: FfmpegFailure, detail: FfmpegFailureDetail, options?: ErrorOptions) {
    super(`ffmpeg failed: ${reason}`, options);
    this.reason = reason;
    this.stderrTail = detail.stderrTail;
    this.exitCode = detail.exitCode;
    this.signal = detail.signal;
  }
}

/** A shell, and bubblewrap, tell a signal by this and its number. */
const SIGNALLED = 128;
/** ffmpeg's exit status after a signal that asks it to stop. */
const STOPPED = 255;
const FROM_OUTSIDE: readonly (keyof typeof constants.signals)[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

interface Ended {
  code: number | null;
  signal: string | null;
  stderrTail: string;
}

/** Why it ended without being told to. No code and no signal: it never ran. */
export function ownReason({ code, signal, stderrTail }: Ended): FfmpegFailure {
  const isMeant = (name: keyof typeof constants.signals): boolean =>
    signal === name || code === SIGNALLED + constants.signals[name];
  if (isMeant("SIGXFSZ")) return "too_much_output";
  if (isMeant("SIGXCPU")) return "timeout";
  if (code === STOPPED || FROM_OUTSIDE.some(isMeant)) return "killed";
  const isRoomless = code === 1 && stderrTail.startsWith("bwrap: ");
  return isRoomless || code === LAYER_FAILED || (code === null && signal === null) ? "start" : "exit";
}

/** The typed error for what `execFile` rejects with. */
export function probeError(cause: unknown, isAborted: boolean): FfmpegError {
  const { code, signal, stderr, killed } = cause as { [key in "code" | "signal" | "stderr" | "killed"]?: unknown };
  const detail = {
    stderrTail: typeof stderr === "string" ? stderr.slice(-4096) : "",
    exitCode: typeof code === "number" ? code : null,
    signal: typeof signal === "string" ? signal : null,
  };
  const isOverlong = code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER";
  const own = isOverlong || cause instanceof SyntaxError ? "exit" : ownReason({ code: detail.exitCode, ...detail });
  return new FfmpegError(isAborted ? "aborted" : killed === true && !isOverlong ? "timeout" : own, detail, { cause });
}
