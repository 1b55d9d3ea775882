import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import { describe, expect, it, vi } from "vitest";
import { seconds, Terminal } from "./terminal.ts";

/** What a person would see: text after the last erasure of each line. */
function screen(onTerminal: boolean): { out: WriteStream; lines(): string[]; raw(): string } {
  const stream = new PassThrough();
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const out = Object.assign(stream, {
    isTTY: onTerminal,
    columns: 80,
    hasColors: () => false,
  }) as unknown as WriteStream;
  return { out, lines: () => text.split("\n").map((line) => line.split("\r\x1b[K").at(-1) ?? ""), raw: () => text };
}

describe("Terminal", () => {
  it("leaves one line per step and never a piece of the moving one", async () => {
    const { out, lines, raw } = screen(true);
    const terminal = new Terminal(out);
    const slow = Promise.withResolvers<void>();
    const steps = [terminal.step("postgres", () => slow.promise), terminal.step("clickhouse", async () => {})];
    terminal.say("  ! a line in between");
    await vi.waitFor(() => expect(raw()).toMatch(/⠹ postgres/));
    slow.resolve();
    await Promise.all(steps);
    expect(lines().map((line) => line.replace(/\d\.\d s/, "T"))).toEqual([
      "  ! a line in between",
      "  ✓ clickhouse           T",
      "  ✓ postgres             T",
      "",
    ]);
  });

  it("marks a failed step and passes its error on", async () => {
    const { out, lines } = screen(false);
    await expect(new Terminal(out).step("seed", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(lines()[0]).toMatch(/^ {2}✗ seed +0\.0 s$/);
  });
});

describe("seconds", () => {
  it("goes over to minutes where tenths mean nothing", () => {
    expect([940, 119_900, 125_400].map(seconds)).toEqual(["0.9 s", "119.9 s", "2 min 05 s"]);
  });
});
