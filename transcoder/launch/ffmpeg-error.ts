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
