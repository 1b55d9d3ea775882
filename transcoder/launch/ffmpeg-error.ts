import { LAYER_FAILED } from "./sandbox.ts";

/**
 * `exit`: it ended by itself and badly; `timeout`, `too_much_output`: it was ended for that; `aborted`: nobody waits any more;
 * `start`: it could not be started.
 */
export type FfmpegFailure = "exit" | "timeout" | "aborted" | "too_much_output" | "start";

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

/** Why it ended without being told to. No code and no signal: it never ran. */
export function ownReason({ code, signal }: { code: number | null; signal: string | null }): FfmpegFailure {
  if (signal === "SIGXFSZ") return "too_much_output";
  return code === LAYER_FAILED || (code === null && signal === null) ? "start" : "exit";
}

/** The typed error for what `execFile` rejects with. */
export function probeError(cause: unknown, isAborted: boolean): FfmpegError {
  const { code, signal, stderr, killed } = cause as { [key in "code" | "signal" | "stderr" | "killed"]?: unknown };
  const reason = isAborted ? "aborted" : killed === true ? "timeout" : "exit";
  const detail = {
    stderrTail: typeof stderr === "string" ? stderr.slice(-4096) : "",
    exitCode: typeof code === "number" ? code : null,
    signal: typeof signal === "string" ? signal : null,
  };
  return new FfmpegError(reason, detail, { cause });
}
