import pino from "pino";

export type Logger = pino.Logger;

/** JSON lines on standard output: constant message, data in fields. Secrets are removed by name wherever they appear. */
export function createLogger(program: string, level: string): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { program },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        "password",
        "secret",
        "token",
        "*.password",
        "*.secret",
        "*.token",
        "headers.authorization",
        "headers.cookie",
      ],
      censor: "[removed]",
    },
  };
  // Written at once: pino's default buffer is flushed at exit in a loop that never ends when the reader of a pipe is gone
  // (sonic-boom's flushSync on EPIPE), so that every program outlived a supervisor killed with -9.
  return pino(options, pino.destination({ dest: 1, sync: true }));
}
