import pino from "pino";

export type Logger = pino.Logger;

/** JSON lines on standard output: constant message, data in fields. Secrets are removed by name wherever they appear. */
export function createLogger(program: string, level: string): Logger {
  return pino({
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
  });
}
