import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { isAlive } from "../postgres/embedded/orphan.ts";

const loggerModule = new URL("./logger.ts", import.meta.url).href;
const programModule = new URL("./program.ts", import.meta.url).href;

const PROGRAM = `
  import { createLogger } from ${JSON.stringify(loggerModule)};
  import { Program } from ${JSON.stringify(programModule)};
  const log = createLogger("test", "info");
  const program = new Program(log);
  program.onStop("first", () => log.info({}, "closing first"));
  program.onStop("second", () => log.info({}, "closing second"));
  program.watchSignals({ supervised: true });
  log.info({}, "listening");`;

/** A supervisor that holds all three streams of the program and tells its pid. */
const SUPERVISOR = `
  import { spawn } from "node:child_process";
  const child = spawn(process.execPath, ["--input-type=module", "-e", ${JSON.stringify(PROGRAM)}]);
  child.stdout.once("data", () => process.stdout.write(String(child.pid)));`;

const node = (source: string) =>
  spawn(process.execPath, ["--input-type=module", "-e", source], { stdio: ["pipe", "pipe", "inherit"] });

describe("Program", () => {
  it("ends when its supervisor is killed with -9 and nobody reads its log any more", async () => {
    const supervisor = node(SUPERVISOR);
    const [text] = await once(supervisor.stdout, "data");
    const pid = Number(text);
    expect(isAlive(pid)).toBe(true);
    supervisor.kill("SIGKILL");
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5_000 });
  });

  it("closes what was built in reverse order on TERM, with every line of its log written", async () => {
    const program = node(PROGRAM);
    let output = "";
    program.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    await vi.waitFor(() => expect(output).toContain("listening"), { timeout: 5_000 });
    program.kill("SIGTERM");
    expect(await once(program, "close")).toEqual([0, null]);
    const messages = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).msg);
    expect(messages).toEqual(["listening", "stopping", "closing second", "closing first", "stopped"]);
  });
});
