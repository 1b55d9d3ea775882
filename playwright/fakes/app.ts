import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = new URL("../../", import.meta.url).pathname;
const READY_WITHIN_MS = 60_000;

export interface RunningApp {
  url: string;
  internalUrl: string;
  /** Lines of its log so far. */
  log: string[];
  stop(): Promise<number | null>;
}

/** Runs `app/main.ts` (a production build is there already) on free ports against a fake server. */
export async function startApp(apiUrl: string, socketUrl: string): Promise<RunningApp> {
  const base = await freeBase();
  const url = `http://localhost:${base}`;
  const child = spawn(process.execPath, ["app/main.ts"], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      TZ: "UTC",
      PLAYHEAD_SUPERVISED: "1",
      PLAYHEAD_PORT_BASE: String(base),
      NEXTAUTH_URL: url,
      NEXTAUTH_SECRET: "only-for-tests-0123456789abcdef0123456789abcdef",
      INTERNAL_API_URL: apiUrl,
      PUBLIC_SOCKET_URL: socketUrl,
      PUBLIC_API_URL: apiUrl,
      PUBLIC_STREAM_URL: apiUrl,
      PUBLIC_IMAGE_URL: apiUrl,
      PUBLIC_COLLECTOR: "localhost:3002",
    },
  });
  const log: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => log.push(...text.split("\n").filter(Boolean)));
  const internalUrl = `http://127.0.0.1:${base + 100}`;
  await untilHealthy(child, internalUrl, log);
  return { url, internalUrl, log, stop: () => stop(child) };
}

async function untilHealthy(child: ChildProcess, internalUrl: string, log: string[]): Promise<void> {
  const deadlineMs = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`the app ended: ${log.join("\n")}`);
    const answer = await fetch(`${internalUrl}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`the app is not ready: ${log.join("\n")}`);
}

function stop(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve(child.exitCode);
    child.once("exit", (code) => resolve(code));
    child.stdin?.end(); // as the supervisor's going away
  });
}

/** A port that is free together with the one 100 above. */
async function freeBase(): Promise<number> {
  for (;;) {
    const base = await freePort(0);
    if (base !== null && base < 64_000 && (await freePort(base + 100)) !== null) return base;
  }
}

function freePort(wanted: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : null));
    });
  });
}
