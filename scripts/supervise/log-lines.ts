import { z } from "zod";

const Line = z.object({
  level: z.enum(["error", "fatal"]),
  msg: z.string(),
  err: z.object({ message: z.string() }).partial().optional(),
});

/** What a terminal should show of one line of a program's log: its errors in short; null for everything else. */
export function troubleIn(line: string): string | null {
  if (!line.includes('"level":"error"') && !line.includes('"level":"fatal"')) return null; // most lines end here
  const parsed = Line.safeParse(parseJson(line));
  if (!parsed.success) return null;
  const { msg, err } = parsed.data;
  return err?.message === undefined ? msg : `${msg}: ${err.message.split("\n", 1)[0]}`;
}

/** Cuts a stream of chunks into whole lines; the rest waits for its end. */
export class LineCutter {
  #rest = "";

  /** The lines that this chunk completed. */
  push(chunk: string): string[] {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
