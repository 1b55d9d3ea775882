import { spawn } from "node:child_process";
import type { Runner } from "./runner.ts";

/** Children get no more of our environment than this: `PGPORT` or `LANG` of a developer must not change the engine. */
export const CHILD_ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC" };

/** Runs a short program under the runner's identity to its end; rejects with what it printed. */
export function run(runner: Runner, program: string, args: readonly string[], timeoutMs = 60_000): Promise<void> {
  const { command, options } = runner.wrap(program, args);
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), {
      ...options,
      cwd: "/",
      env: CHILD_ENVIRONMENT,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
    });
    let output = "";
    const collect = (text: Buffer): void => {
      output = (output + text.toString()).slice(-4_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${signal ?? code}: ${output.trim()}`));
    });
  });
}
