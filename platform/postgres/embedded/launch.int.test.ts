import { execFile, spawn, spawnSync } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogger } from "../../observability/logger.ts";
import { freePort } from "../testing.ts";
import { type EmbeddedPostgres, launchEmbeddedPostgres } from "./launch.ts";
import { isAlive } from "./orphan.ts";
import type { Identity } from "./runner.ts";

const log = createLogger("test", "silent");
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const AS_NOBODY = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];

/** False in a clone below a closed folder: there an ordinary user cannot read the code under test. */
const nobodyMayRead =
  isRoot && spawnSync("setpriv", [...AS_NOBODY, "test", "-r", fileURLToPath(import.meta.url)]).status === 0;

let dataDir: string;
let port: number;
let started: EmbeddedPostgres[];

beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), "playhead-")), "closed", "postgres");
  await mkdir(dataDir, { recursive: true });
  await chmod(join(dataDir, ".."), 0o700); // as a clone in a folder that only its owner may enter
  port = await freePort();
  started = [];
});

afterEach(async () => {
  for (const engine of started) await engine.stop();
  expect(started.filter(({ pid }) => isAlive(pid))).toEqual([]);
  await readFile(join(dataDir, "relocated"), "utf8").then(
    (home) => rm(home.trim(), { recursive: true, force: true }),
    () => {},
  );
  await rm(join(dataDir, "..", ".."), { recursive: true, force: true });
});

async function launch(identity: Identity | "auto" = "auto", password = "sécret/1"): Promise<EmbeddedPostgres> {
  const engine = await launchEmbeddedPostgres({ dataDir, port, password, log, identity });
  started.push(engine);
  return engine;
}

async function ask(url: string, sql: string): Promise<Record<string, unknown> | undefined> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows[0];
  } finally {
    await client.end();
  }
}

/** Arguments for a node of its own that launches with this test's data folder and port, and then does `rest`. */
function nodeArguments(rest: string): string[] {
  const launchModule = new URL("./launch.ts", import.meta.url).href;
  const logModule = new URL("../../observability/logger.ts", import.meta.url).href;
  const program = `
    import { launchEmbeddedPostgres } from ${JSON.stringify(launchModule)};
    import { createLogger } from ${JSON.stringify(logModule)};
    const engine = await launchEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, port: ${port},
      password: "sécret/1", log: createLogger("test", "silent") });
    ${rest}`;
  return ["--input-type=module", "-e", program];
}

describe("launchEmbeddedPostgres", () => {
  it("starts UTF-8 and UTC on loopback, keeps data over a stop, leaves no process", async () => {
    const first = await launch();
    expect(
      await ask(
        first.url,
        `select current_setting('server_encoding') as encoding, current_setting('timezone') as zone,
                current_setting('listen_addresses') as address, datlocprovider as provider,
                current_setting('unix_socket_directories') as sockets
         from pg_database where datname = current_database()`,
      ),
    ).toEqual({ encoding: "UTF8", zone: "UTC", address: "127.0.0.1", provider: "b", sockets: "" });
    await ask(first.url, "create table kept as select 'ü' as word");
    await first.stop();
    expect(await first.exited).toEqual({ code: 0, signal: null });
    const second = await launch();
    expect(await ask(second.url, "select word from kept")).toEqual({ word: "ü" });
  });

  it("refuses another password with one sentence and stops what it started", async () => {
    await (await launch()).stop();
    await expect(launch("auto", "other")).rejects.toThrow("made with another password");
    expect(await readFile(join(dataDir, "cluster", "postmaster.pid"), "utf8").catch(() => "gone")).toBe("gone");
  });

  it("says when the port is taken, even by another Postgres", async () => {
    const other = await new Promise<Server>((resolve) => {
      const server = createServer().listen(port, "127.0.0.1", () => resolve(server));
    });
    await expect(launch()).rejects.toThrow(`Port ${port} is in use`);
    await new Promise((resolve) => other.close(resolve));
  });

  it("starts over a postmaster.pid whose number now belongs to a stranger", async () => {
    const first = await launch();
    process.kill(first.pid, "SIGKILL");
    await first.exited;
    const pidFile = join(dataDir, "cluster", "postmaster.pid");
    const lines = (await readFile(pidFile, "utf8")).split("\n");
    await writeFile(pidFile, [String(process.pid), ...lines.slice(1)].join("\n"));
    const second = await launch();
    expect(await ask(second.url, "select 1 as one")).toEqual({ one: 1 });
  });

  it("recovers committed rows after kill -9 of the engine", async () => {
    const first = await launch();
    await ask(first.url, "create table kept as select 7 as number");
    process.kill(first.pid, "SIGKILL");
    await first.exited;
    const second = await launch();
    expect(await ask(second.url, "select number from kept")).toEqual({ number: 7 });
  });

  it("refuses a data folder that a living launcher uses", async () => {
    await launch();
    await expect(launch()).rejects.toThrow("Another Playhead");
    expect(started.every(({ pid }) => isAlive(pid))).toBe(true);
  });

  it("stops the orphan of a killed launcher first", async () => {
    const program = nodeArguments("process.stdout.write(String(engine.pid)); setInterval(() => {}, 1_000);");
    const launcher = spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] });
    const orphan = await new Promise<number>((resolve) => launcher.stdout.once("data", (pid) => resolve(Number(pid))));
    launcher.kill("SIGKILL");
    await new Promise((resolve) => launcher.once("close", resolve));
    expect(isAlive(orphan)).toBe(true);
    const second = await launch();
    expect(await ask(second.url, "select 1 as one")).toEqual({ one: 1 });
    await vi.waitFor(() => expect(isAlive(orphan)).toBe(false));
  });
});

describe.runIf(isRoot)("launchEmbeddedPostgres as root", () => {
  it.each(["namespace", "relocated"] as const)(
    "runs unprivileged by way of %s below a closed folder",
    async (identity) => {
      const engine = await launch(identity);
      expect(engine.identity).toBe(identity);
      expect(await ask(engine.url, "select 1 as one")).toEqual({ one: 1 });
    },
  );

  it("takes the data along when namespaces stop being available, and stays there", async () => {
    const before = await launch("namespace");
    await ask(before.url, "create table kept as select 7 as number");
    await before.stop();
    const after = await launch("relocated");
    expect(await ask(after.url, "select number from kept")).toEqual({ number: 7 });
    await after.stop();
    const later = await launch("auto");
    expect(later.identity).toBe("relocated");
    expect(await ask(later.url, "select number from kept")).toEqual({ number: 7 });
  });

  it("begins anew elsewhere too when the data folder was removed", async () => {
    const before = await launch("relocated");
    await ask(before.url, "create table kept as select 7 as number");
    await before.stop();
    await rm(dataDir, { recursive: true });
    const after = await launch("relocated");
    expect(await ask(after.url, "select to_regclass('kept') as kept")).toEqual({ kept: null });
  });

  it.runIf(nobodyMayRead)("runs as the owner of data that an ordinary user made before", async () => {
    await chmod(join(dataDir, "..", ".."), 0o755);
    await chmod(join(dataDir, ".."), 0o755);
    await chown(dataDir, NOBODY, NOBODY);
    const { stdout } = await promisify(execFile)("setpriv", [
      ...AS_NOBODY,
      process.execPath,
      ...nodeArguments("process.stdout.write(engine.identity); await engine.stop();"),
    ]);
    expect(stdout).toBe("self");
    const engine = await launch();
    expect(engine.identity).toBe("owner");
    expect(await ask(engine.url, "select 1 as one")).toEqual({ one: 1 });
  });
});
