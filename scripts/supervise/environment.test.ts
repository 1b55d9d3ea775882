import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { portsFrom } from "../../domain/ports.ts";
import type { SuperviseConfig } from "./config.ts";
import { type EnvironmentInput, environmentOf } from "./environment.ts";
import type { ProgramName } from "./programs.ts";
import type { Job } from "./supervisor.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Which config.ts reads what the table gives to which programs. */
const CONFIGS: readonly [string, readonly (ProgramName | Job)[]][] = [
  ["platform/clickhouse/embedded/config.ts", ["clickhouse"]],
  ["server/config.ts", ["server", "seed"]],
  ["collector/edge/config.ts", ["edge"]],
  ["collector/views/config.ts", ["views"]],
  ["delivery/config.ts", ["delivery"]],
  ["transcoder/config.ts", ["transcoder"]],
  ["platform/http/tls-front/config.ts", ["tls"]],
  ["app/config.ts", ["app"]],
  ["scripts/migrate/config.ts", ["migrate"]],
];

/** Read by Node, libuv, Next or next-auth themselves. */
const READ_BY_OTHERS = ["PATH", "HOME", "TZ", "LANG", "NODE_ENV", "UV_THREADPOOL_SIZE", "NEXT_TELEMETRY_DISABLED"];

/** Given to every program, used by most. */
const COMMON = ["PLAYHEAD_PORT_BASE", "PLAYHEAD_SUPERVISED", "LOG_LEVEL"];

describe("the environment of a program", () => {
  it.each(CONFIGS)("has what %s asks for, and nothing else", (config, programs) => {
    const source = readFileSync(join(ROOT, config), "utf8");
    const given = programs.flatMap((program) => Object.keys(environmentOf(program, input())));
    const asked = [...source.matchAll(/^\s+([A-Z][A-Z0-9_]{2,}): (.*)/gm)];
    const required = asked.filter(
      ([, , reader]) => !/flag|hosts|logLevel|optional|default|prefault/.test(reader ?? ""),
    );
    const names = new Set(asked.map(([, name]) => name));
    expect(required.map(([, name]) => name).filter((name) => !given.includes(name ?? ""))).toEqual([]);
    expect(given.filter((name) => !names.has(name) && ![...READ_BY_OTHERS, ...COMMON].includes(name))).toEqual([]);
  });

  it("holds no secret that the program does not use", () => {
    const values = (program: ProgramName) => Object.values(environmentOf(program, input())).join(" ");
    expect(values("app")).not.toMatch(/pg-secret|ch-secret|socket-secret|make-secret/);
    expect(values("tls")).not.toMatch(/-secret/);
    for (const program of ["delivery", "transcoder"] as const) {
      expect(values(program)).not.toMatch(/ch-secret|socket-secret|auth-secret|person-secret|token-secret/);
    }
    expect(values("transcoder")).not.toMatch(/grant-secret/);
    expect(values("server")).not.toMatch(/auth-secret|make-secret|grant-secret/);
    expect(values("edge")).not.toMatch(/ch-secret|socket-secret|auth-secret/);
    expect(values("clickhouse")).not.toMatch(/pg-secret|socket-secret|auth-secret/);
  });

  it("names ffmpeg to the transcoder alone, and the exceptions of fetching to those that fetch", () => {
    const own = { FFMPEG_PATH: "/opt/ffmpeg", FFPROBE_PATH: "/opt/ffprobe", FETCH_ALLOW: "10.0.0.0/8" };
    expect(environmentOf("transcoder", input(own))).toMatchObject(own);
    expect(JSON.stringify(environmentOf("server", input(own)))).not.toMatch(/opt/);
    expect(environmentOf("server", input(own))).toMatchObject({ FETCH_ALLOW: "10.0.0.0/8" });
    for (const program of ["edge", "views", "delivery", "app"] as const)
      expect(JSON.stringify(environmentOf(program, input(own)))).not.toMatch(/opt|10\.0/);
  });

  it("tells the views at which hour to merge", () => {
    expect(environmentOf("views", input({ STORE_MERGE_HOUR: 5 }))).toMatchObject({ STORE_MERGE_HOUR: "5" });
  });

  it("prefers databases of one's own", () => {
    const DATABASE_URL = "postgres://me@db/mine";
    expect(environmentOf("server", input({ DATABASE_URL }))).toMatchObject({ DATABASE_URL });
  });
});

function input(overrides: Partial<SuperviseConfig> = {}): EnvironmentInput {
  const config: SuperviseConfig = {
    PLAYHEAD_PORT_BASE: 3000,
    PLAYHEAD_SPEECH: true,
    HOST: ["127.0.0.1", "::1"],
    LOG_LEVEL: "info",
    PLAYHEAD_SUPERVISED: true,
    FFMPEG_PATH: "ffmpeg",
    FFPROBE_PATH: "ffprobe",
    FETCH_ALLOW: "",
    EVENTLOG_URL: "",
    OBJECTS_URL: "",
    STORE_MERGE_HOUR: 3,
    TRUSTED_PROXIES: "127.0.0.0/8",
    PLAYHEAD_GEO: "city",
    PATH: "/usr/bin",
    HOME: "/home/me",
    ...overrides,
  };
  return {
    config,
    ports: portsFrom(3000),
    dataFolder: "/data",
    secrets: {
      postgresPassword: "pg-secret",
      clickhousePassword: "ch-secret",
      socketTokenSecret: "socket-secret",
      nextauthSecret: "auth-secret",
      transcoderSecret: "make-secret",
      grantSecret: "grant-secret",
      personPassword: "person-secret",
      tokenId: "id",
      tokenSecret: "token-secret",
      environmentKey: "key",
    },
    access: {
      app: "http://localhost:3000",
      api: "http://localhost:3001",
      stream: "http://localhost:3003",
      image: "http://localhost:3003",
      socket: "http://localhost:3005",
      collector: "localhost:3002",
      tls: "localhost:3443",
      environmentKey: "key",
      environmentId: "abc123",
      tokenId: "id",
      tokenSecret: "token-secret",
      email: "admin@playhead.local",
      password: "person-secret",
    },
    dev: false,
  };
}
