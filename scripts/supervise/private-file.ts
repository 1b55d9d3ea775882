import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** Writes JSON that only the owner reads, in one step: readers see the old file or the whole new one. */
export function writePrivately(file: string, value: unknown): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** The parsed content, or null when the file does not exist. */
export function readJson(file: string): unknown {
  const text = readText(file);
  return text === null ? null : JSON.parse(text);
}

export function readText(file: string): string | null {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}
