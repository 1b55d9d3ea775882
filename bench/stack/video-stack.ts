import type { ChildProcess } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { internalPort, type Ports, portsFrom } from "../../domain/ports.ts";
import { startTestPostgres } from "../../platform/postgres/testing.ts";
import { endProgram, freePortBase, ROOT, spawnProgram, untilReady } from "./processes.ts";

/** The programs of the video half, each a real process. */
export type VideoProgram = "server" | "delivery" | "transcoder";

const SCRIPTS: Record<VideoProgram | "seed", string> = {
  server: "server/main.ts",
  delivery: "delivery/main.ts",
  transcoder: "transcoder/main.ts",
  seed: "server/seed.ts",
};

const ALL: readonly VideoProgram[] = ["server", "delivery", "transcoder"];

/** Server, delivery and transcoder with a real Postgres on free ports and in a temporary folder. */
export interface VideoStack {
  ports: Ports;
  api: string;
  stream: string;
  /** `Authorization` of the first environment's access token. */
  authorization: string;
  tokenId: string;
  tokenSecret: string;
  objectsDir: string;
  pid(program: VideoProgram): number;
  /** Sends a signal and resolves when the process has ended. */
  end(program: VideoProgram, signal: NodeJS.Signals): Promise<void>;
  /** Starts a program that was ended; resolves when it is ready. */
  start(program: VideoProgram): Promise<void>;
  stop(): Promise<void>;
}

export interface VideoStackOptions {
  /** Lines of the programs' logs. */
  onLine?: (line: string) => void;
  /** Variables on top, such as FETCH_ALLOW. */
  variables?: Readonly<Record<string, string>>;
  /** All by default. */
  programs?: readonly VideoProgram[];
  /** Done with the seeded database before a program starts. */
  prepare?: (databaseUrl: string) => Promise<void>;
}

export async function startVideoStack({
  onLine,
  variables = {},
  programs: wanted = ALL,
  prepare,
}: VideoStackOptions = {}): Promise<VideoStack> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-video-stack-"));
  const ports = portsFrom(await freePortBase());
  const postgres = await startTestPostgres();
  const access = {
    tokenId: randomUUID(),
    tokenSecret: randomBytes(75).toString("base64url").replace(/\W|_/g, "a").slice(0, 75),
  };
  const objectsDir = join(folder, "objects");
  await mkdir(objectsDir);
  const databaseUrl = await postgres.createTestDatabase();
  const environment = {
    ...common(ports, databaseUrl),
    OBJECTS_DIR: objectsDir,
    SOCKET_TOKEN_SECRET: randomBytes(32).toString("hex"),
    TRANSCODER_SECRET: randomBytes(32).toString("hex"),
    GRANT_SECRETS: randomBytes(32).toString("hex"),
    EVENTLOG_DIR: join(folder, "eventlog"),
    SEED_EMAIL: "bench@example.com",
    SEED_PASSWORD: randomUUID(),
    SEED_TOKEN_ID: access.tokenId,
    SEED_TOKEN_SECRET: access.tokenSecret,
    SEED_ENV_KEY: "benchkey",
    ...variables,
  };
  await runToEnd(spawnProgram(SCRIPTS.seed, environment, onLine));
  await prepare?.(databaseUrl);
  const programs = new Map<VideoProgram, ChildProcess>();
  const start = async (program: VideoProgram): Promise<void> => {
    const child = spawnProgram(SCRIPTS[program], environment, onLine);
    programs.set(program, child);
    await untilReady(child, internalPort(ports[program]));
  };
  if (wanted.includes("transcoder")) await start("transcoder"); // the others ask it
  await Promise.all(wanted.filter((program) => program !== "transcoder").map(start));
  return {
    ports,
    api: `http://127.0.0.1:${ports.server}`,
    stream: `http://127.0.0.1:${ports.delivery}`,
    authorization: `Basic ${Buffer.from(`${access.tokenId}:${access.tokenSecret}`).toString("base64")}`,
    ...access,
    objectsDir,
    pid: (program) => programs.get(program)?.pid ?? 0,
    end: async (program, signal) => {
      await endProgram(programs.get(program), signal);
    },
    start,
    stop: async () => {
      await Promise.all([...programs.values()].map((child) => endProgram(child, "SIGTERM")));
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function common(ports: Ports, databaseUrl: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    TZ: "UTC",
    LOG_LEVEL: "info",
    PLAYHEAD_SUPERVISED: "1",
    PLAYHEAD_PORT_BASE: String(ports.app),
    PUBLIC_API_URL: `http://127.0.0.1:${ports.server}`,
    DATABASE_URL: databaseUrl,
    CLICKHOUSE_URL: "http://127.0.0.1:1", // nobody asks it here
  };
}

async function runToEnd(child: ChildProcess): Promise<void> {
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`${child.spawnargs.at(-1)} ended with ${code} in ${ROOT}`);
}
