import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { internalPort, portsFrom } from "../domain/ports.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { type EmbeddedPostgres, launchEmbeddedPostgres } from "../platform/postgres/embedded/launch.ts";
import { migratePostgres, withMigrationLock } from "../platform/postgres/migrate.ts";
import { createPool } from "../platform/postgres/pool.ts";
import { freePort } from "../platform/postgres/testing.ts";
import { newAccessTokenSecret } from "./auth/secrets.ts";
import { basic } from "./testing/tenant.ts";

const log = createLogger("test", "silent");
const seed = {
  SEED_EMAIL: "owner@localhost",
  SEED_PASSWORD: randomBytes(8).toString("hex"),
  SEED_TOKEN_ID: randomUUID(),
  SEED_TOKEN_SECRET: newAccessTokenSecret(),
  SEED_ENV_KEY: "devkey1",
};

let dataDir: string;
let postgresPort: number;
let postgres: EmbeddedPostgres;

let children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children) child.kill("SIGKILL"); // no effect on those that ended as they should
  children = [];
});

const startPostgres = () => launchEmbeddedPostgres({ dataDir, port: postgresPort, password: "x", log });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "playhead-"));
  postgresPort = await freePort();
  postgres = await startPostgres();
  await withMigrationLock(postgres.url, (lock) => migratePostgres(lock, log));
});
afterAll(async () => {
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function run(file: string, environment: Record<string, string>): ChildProcess & { output: () => string } {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
    env: {
      PATH: "/usr/bin:/bin",
      DATABASE_URL: postgres.url,
      CLICKHOUSE_URL: "http://127.0.0.1:1",
      LOG_LEVEL: "info",
      ...environment,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  children.push(child);
  let output = "";
  const collect = (text: Buffer): void => {
    output += text.toString();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  return Object.assign(child, { output: () => output });
}

async function startServer() {
  const base = (await freePort()) - 1;
  const child = run("./main.ts", {
    PLAYHEAD_PORT_BASE: String(base),
    PLAYHEAD_SUPERVISED: "1",
    OBJECTS_DIR: dataDir,
    SOCKET_TOKEN_SECRET: randomBytes(32).toString("hex"),
  });
  const { server: port } = portsFrom(base);
  const api = `http://127.0.0.1:${port}`;
  const internal = `http://127.0.0.1:${internalPort(port)}`;
  const exited = once(child, "exit");
  await vi.waitFor(() => expect(child.output()).toContain('"msg":"listening"'), { timeout: 15_000 });
  return { child, api, internal, exited };
}

async function seedOnce(): Promise<unknown> {
  const child = run("./seed.ts", { ...seed, LOG_LEVEL: "silent" });
  const [code] = await once(child, "exit");
  expect(code, child.output()).toBe(0);
  return JSON.parse(child.output());
}

const signIn = (api: string) =>
  fetch(`${api}/dashboard/v1/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: seed.SEED_EMAIL, password: seed.SEED_PASSWORD }),
  });

const whoami = (api: string) =>
  fetch(`${api}/system/v1/whoami`, { headers: { authorization: basic(seed.SEED_TOKEN_ID, seed.SEED_TOKEN_SECRET) } });

describe("server/seed.ts", () => {
  it("makes the first organisation once, also when three run at once, and then changes nothing", async () => {
    const made = await Promise.all([seedOnce(), seedOnce(), seedOnce()]);
    expect(made.filter((seeded) => (seeded as { created: boolean }).created)).toHaveLength(1);
    expect(await seedOnce()).toMatchObject({
      created: false,
      organization: { name: "My organization" },
      environment: { id: expect.stringMatching(/^[a-z0-9]{6}$/), number: 1, name: "Production" },
    });
    const pool = createPool({ url: postgres.url, applicationName: "test", log });
    const { rows } = await pool.query(
      `select (select count(*)::int from people) as people, (select count(*)::int from access_tokens) as tokens,
              (select count(*)::int from env_keys) as keys, (select count(*)::int from audit_log) as audited`,
    );
    await pool.end();
    expect(rows).toEqual([{ people: 1, tokens: 1, keys: 1, audited: 1 }]);
  });
});

describe("server/main.ts", () => {
  it("answers its internal port, says why it is not ready without Postgres, and recovers by itself", async () => {
    const { child, api, internal, exited } = await startServer();
    expect(await (await fetch(`${internal}/healthz`)).text()).toBe("ok\n");
    expect(await (await fetch(`${internal}/readyz`)).json()).toEqual({
      ready: true,
      checks: { postgres: { ok: true }, objects: { ok: true } },
    });
    expect((await whoami(api)).status).toBe(200);
    expect(await (await fetch(`${internal}/metrics`)).text()).toMatch(
      /playhead_http_request_seconds_count\{.*route="\/system\/v1\/whoami",status="200"\} 1/,
    );

    await postgres.stop();
    const notReady = await fetch(`${internal}/readyz`);
    expect(notReady.status).toBe(503);
    expect((await notReady.json()).checks.postgres).toEqual({
      ok: false,
      reason: expect.stringContaining("Postgres is not available"),
    });
    const refused = await whoami(api);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("2");
    expect(await refused.json()).toMatchObject({ error: { type: "unavailable" } });
    expect((await signIn(api)).status).toBe(503);
    expect((await fetch(`${internal}/healthz`)).status).toBe(200);

    postgres = await startPostgres();
    expect((await whoami(api)).status).toBe(200);
    expect((await fetch(`${internal}/readyz`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect(child.output()).not.toContain(seed.SEED_TOKEN_SECRET);
  });

  it("finishes requests in flight when told to stop", async () => {
    const { child, api, exited } = await startServer();
    const answers = Array.from({ length: 15 }, () => signIn(api).then(({ status }) => status));
    await Promise.race(answers);
    await sleep(200); // all are accepted by then, and most not answered: what still waits to be is reset by the close
    child.kill("SIGTERM");
    expect(await Promise.all(answers)).toEqual(new Array(15).fill(200));
    expect(await exited).toEqual([0, null]);
  });

  it("stops when its supervisor goes away", async () => {
    const { child, exited } = await startServer();
    child.stdin?.end();
    expect(await exited).toEqual([0, null]);
  });

  it("starts without Postgres and serves once it is there", async () => {
    await postgres.stop();
    const { child, api, exited } = await startServer();
    expect((await whoami(api)).status).toBe(503);
    postgres = await startPostgres();
    expect((await whoami(api)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });

  it("ends with one line per mistake in its environment", async () => {
    const child = run("./main.ts", { SOCKET_TOKEN_SECRET: "short" });
    const [code] = await once(child, "exit");
    expect(code).not.toBe(0);
    expect(child.output()).toContain("SOCKET_TOKEN_SECRET: at least 32 bytes in hexadecimal");
  });
});
