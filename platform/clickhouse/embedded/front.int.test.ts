import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ClickHouse } from "../clickhouse.ts";
import { createClickHouse } from "../client.ts";
import { urlWithPassword } from "../testing.ts";
import { type EmbeddedClickHouse, launchEmbeddedClickHouse } from "./launch.ts";

const password = randomBytes(16).toString("hex");
const Count = z.object({ count: z.coerce.number() });

describe("the embedded engine's process", () => {
  let dataDir: string;
  let engine: EmbeddedClickHouse;
  let db: ClickHouse;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "playhead-"));
    await launch();
  });
  afterEach(async () => {
    await db.close();
    engine.kill("SIGTERM"); // a killed one would leave its folder in memory, with no successor to remove it
    await engine.exited;
    await rm(dataDir, { recursive: true });
  });

  const launch = async () => {
    engine = await launchEmbeddedClickHouse({ dataDir, password, logLevel: "warn" });
    db = createClickHouse({ url: urlWithPassword(engine.url, password), database: "default" });
  };
  const post = (body: string, headers: Record<string, string>, search = "") =>
    fetch(`${engine.url}/${search}`, { method: "POST", body, headers });
  const key = { "x-clickhouse-key": password };
  const createViews = async () => {
    await db.command("CREATE DATABASE IF NOT EXISTS playhead ENGINE = Atomic");
    await db.command(
      "CREATE TABLE playhead.plays (id UInt32, version UInt32, pad String) ENGINE = ReplacingMergeTree(version) ORDER BY id",
    );
  };
  const insertBatch = (first: number) =>
    db.insert(
      "playhead.plays",
      ["id", "version", "pad"],
      Array.from({ length: 100 }, (_, n) => [first + n, 1, "x".repeat(50)]),
    );
  const countViews = () => db.query("SELECT count() AS count FROM playhead.plays FINAL", {}, Count);

  it("talks only to whoever knows the password, and to no web page", async () => {
    expect((await post("SELECT 1", {})).status).toBe(403);
    expect((await post("SELECT 1", { "x-clickhouse-key": "wrong" })).status).toBe(403);
    expect((await post("SELECT 1", { ...key, origin: "http://localhost:3000" })).status).toBe(403);
    expect((await fetch(`${engine.url}/?query=SELECT%201`, { headers: key })).status).toBe(400);
    expect(await (await post("SELECT 1", key)).text()).toBe("1\n");
    expect(await (await post("SELECT 1", {}, `?password=${password}`)).text()).toBe("1\n");
    expect(await (await fetch(`${engine.url}/ping`)).text()).toBe("Ok.\n");
  });

  it("refuses what it would otherwise ignore: sessions, roles, multipart, unknown settings and fields", async () => {
    expect((await post("SELECT 1", key, "?session_id=a")).status).toBe(400);
    expect((await post("SELECT 1", key, "?role=a")).status).toBe(400);
    expect((await post("SELECT 1", { ...key, "content-type": "multipart/form-data; boundary=x" })).status).toBe(400);
    expect((await post("SELECT 1", key, "?no_such_setting=1")).headers.get("x-clickhouse-exception-code")).toBe("115");
    expect((await post("SELECT 1", key, "?a%3D1%2C%20b=1")).status).toBe(400);
    await createViews();
    const unknown = await post('INSERT INTO playhead.plays FORMAT JSONEachRow {"id":1,"nobody":2}', key);
    expect(unknown.headers.get("x-clickhouse-exception-code")).toBe("117");
    expect(await countViews()).toEqual([{ count: 0 }]);
  });

  it("reaches no files and no network by SQL", async () => {
    for (const source of ["file('/etc/passwd', 'LineAsString')", "url('http://127.0.0.1:9/', 'LineAsString')"]) {
      await expect(db.query(`SELECT * FROM ${source}`, {}, z.any())).rejects.toMatchObject({ code: 497 });
    }
    await expect(db.command("SELECT 1 INTO OUTFILE '/srv/playhead-outfile'")).rejects.toMatchObject({ code: 48 });
  });

  it("does not keep what a session statement set", async () => {
    await createViews();
    for (let round = 0; round < 10; round += 1) await post("SET max_block_size = 7", key);
    await post("CREATE TEMPORARY TABLE mine (a UInt8)", key);
    for (let round = 0; round < 10; round += 1) {
      expect(await (await post("SELECT getSetting('max_block_size')", key)).text()).not.toBe("7\n");
      expect((await post("SELECT * FROM mine", key)).status).toBe(404);
      // Inserts use other connections than questions: those are asked too.
      await post("INSERT INTO playhead.plays SELECT getSetting('max_block_size'), 1, ''", key);
    }
    const sizes = "SELECT countIf(id = 7) AS kept, countIf(id != 7) > 0 AS stored FROM playhead.plays";
    expect(await db.query(sizes, {}, z.any())).toEqual([{ kept: "0", stored: 1 }]);
  });

  it("never shows the output of a failed query in a later answer", async () => {
    for (let round = 0; round < 10; round += 1) {
      const failed = await post("SELECT throwIf(number = 100000) AS x FROM numbers(1000000)", key);
      expect(failed.headers.get("x-clickhouse-exception-code")).toBe("395");
      expect(await failed.text()).toMatch(/^Code: 395/);
      expect(await (await post("SELECT 2", key)).text()).toBe("2\n");
    }
  });

  it("stores nothing of an insert whose sender breaks off", async () => {
    await createViews();
    await new Promise<void>((resolve) => {
      const path = `/?${new URLSearchParams({ query: "INSERT INTO playhead.plays FORMAT JSONCompactEachRow" })}`;
      const headers = { ...key, "content-length": "1000" };
      const sending = request(engine.url + path, { method: "POST", headers });
      sending.on("error", () => resolve());
      sending.write('[1,1,"a"]\n[2,1,"b"]\n', () => setImmediate(() => sending.destroy(new Error("cut"))));
    });
    await expect.poll(() => db.query("SELECT 1 AS count", {}, Count)).toEqual([{ count: 1 }]);
    expect(await countViews()).toEqual([{ count: 0 }]);
  });

  it("goes on taking inserts while slow questions fill every place", async () => {
    await createViews();
    const abort = new AbortController();
    const options = { signal: abort.signal, settings: { max_execution_time: 60, max_threads: 1 } };
    const slow = Array.from({ length: 12 }, () =>
      db
        .query("SELECT sleepEachRow(1) FROM numbers(60) SETTINGS max_block_size = 1", {}, z.any(), options)
        .catch(() => "ended"),
    );
    await insertBatch(0);
    expect((await fetch(`http://127.0.0.1:${engine.internalPort}/readyz`)).status).toBe(200);
    abort.abort();
    expect(await Promise.all(slow)).toEqual(slow.map(() => "ended"));
    expect(await countViews()).toEqual([{ count: 100 }]);
  });

  it("answers its operators", async () => {
    await db.query("SELECT 1", {}, z.any());
    await db.query("SELECT nothing", {}, z.any()).catch(() => undefined);
    const url = `http://127.0.0.1:${engine.internalPort}`;
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ ready: true, checks: { engine: { ok: true }, parts: { ok: true } } });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/playhead_clickhouse_query_seconds_count\{.*kind="read".*\} 1/);
    expect(metrics).toMatch(/playhead_clickhouse_errors_total\{.*code="47".*\} 1/);
    expect(metrics).not.toMatch(/^playhead_clickhouse_detached_parts\{/m);
  });

  it("tells which parts are set aside as damaged, and stays ready", async () => {
    await createViews();
    await insertBatch(0);
    await db.command("ALTER TABLE playhead.plays DETACH PARTITION tuple()");
    const get = (path: string) => fetch(`http://127.0.0.1:${engine.internalPort}/${path}`);
    expect(await (await get("readyz")).json()).toMatchObject({
      ready: true,
      checks: { parts: { ok: true, degraded: expect.stringContaining("1 damaged parts are set aside") } },
    });
    const labels = 'table="playhead.plays",partition="all",reason="detached"';
    expect(await (await get("metrics")).text()).toContain(`playhead_clickhouse_detached_parts{${labels}`);
  });

  it("refuses a second process on the same folder with one clear line", async () => {
    const second = launchEmbeddedClickHouse({ dataDir, password });
    await expect(second).rejects.toThrow(`ClickHouse engine already running on ${dataDir} (pid ${engine.pid})`);
    expect(await db.ping()).toBe(true);
  });

  it("keeps answered inserts and fails no request when it is stopped under load", async () => {
    await createViews();
    const answered: number[] = [];
    const outcomes: string[] = [];
    let stopping = false;
    const writer = async (lane: number) => {
      for (let batch = 0; !stopping; batch += 1) {
        const first = lane * 1_000_000 + batch * 100;
        const outcome = await insertBatch(first).then(
          () => "ok",
          (error: { code: number | null }) => `refused ${error.code}`,
        );
        if (outcome === "ok") answered.push(first);
        else outcomes.push(outcome);
      }
    };
    const writers = [0, 1, 2, 3].map(writer);
    await expect.poll(() => answered.length).toBeGreaterThan(20);
    const startedMs = performance.now();
    engine.kill("SIGTERM");
    stopping = true;
    const [{ code, signal }] = await Promise.all([engine.exited, ...writers]);
    expect({ code, signal, outcomes }).toEqual({ code: 0, signal: null, outcomes: [] });
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(existsSync(join(dataDir, "engine.lock"))).toBe(false);
    await db.close();
    await launch();
    expect(await countViews()).toEqual([{ count: answered.length * 100 }]);
  });

  it("ends a running question when it is stopped", async () => {
    const running = post("SELECT count() FROM numbers(10000000000000) WHERE sipHash64(number) = 1", key).catch(
      () => null,
    );
    await expect
      .poll(async () => (await post("SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%'", key)).text())
      .toBe("2\n");
    await engine.stop();
    expect((await running)?.ok ?? false).toBe(false);
  });

  it("stops in the middle of a long merge, which then has not happened", async () => {
    await createViews();
    for (const version of [1, 2]) {
      await db.command(
        `INSERT INTO playhead.plays SELECT number, ${version}, randomPrintableASCII(200) FROM numbers(600000)`,
      );
    }
    await db.command("ALTER TABLE playhead.plays MODIFY COLUMN pad String CODEC(ZSTD(22))"); // of new parts: many seconds
    const merge = db.command("OPTIMIZE TABLE playhead.plays FINAL").catch((error: unknown) => error);
    const merging = () => db.query("SELECT count() AS count FROM system.merges", {}, Count);
    await expect.poll(merging, { interval: 5, timeout: 10_000 }).not.toEqual([{ count: 0 }]);
    await insertBatch(1_000_000); // is not held up by it
    await engine.stop();
    expect(await merge).toMatchObject({ name: "ClickHouseError", retriable: true });
    await db.close();
    await launch();
    expect(await countViews()).toEqual([{ count: 600_100 }]);
  });

  it("loses nothing acknowledged in five kills, and starts again by itself", async () => {
    await createViews();
    const acknowledged = new Set<number>();
    for (let kill = 0; kill < 5; kill += 1) {
      let down = false;
      const before = acknowledged.size;
      const writer = async (lane: number) => {
        for (let batch = 0; !down; batch += 1) {
          const first = (kill * 4 + lane) * 1_000_000 + batch * 100;
          await insertBatch(first).then(
            () => acknowledged.add(first),
            () => undefined,
          );
        }
      };
      const writers = [0, 1, 2, 3].map(writer);
      await expect.poll(() => acknowledged.size).toBeGreaterThan(before + 10);
      engine.kill("SIGKILL");
      await engine.exited;
      down = true;
      await Promise.all(writers);
      await db.close();
      await launch();
      const firsts = await db.query("SELECT id AS count FROM playhead.plays FINAL WHERE id % 100 = 0", {}, Count);
      const stored = new Set(firsts.map(({ count }) => count));
      expect([...acknowledged].filter((first) => !stored.has(first))).toEqual([]);
      const [partial] = await db.query(
        "SELECT count() AS count FROM (SELECT intDiv(id, 100) AS batch FROM playhead.plays FINAL GROUP BY batch HAVING count() != 100)",
        {},
        Count,
      );
      expect(partial).toEqual({ count: 0 });
    }
  });

  it("leaves no data of inserts behind, not even a killed process's", async () => {
    await createViews();
    await insertBatch(0);
    engine.kill("SIGKILL");
    await engine.exited;
    await db.close();
    await launch();
    const folder = createHash("sha256").update(dataDir).digest("hex").slice(0, 16);
    const inMemory = join("/dev/shm", `playhead-${userInfo().uid}-${folder}`);
    const places = [inMemory, join(dataDir, "inserts")].filter(existsSync);
    expect(places).toHaveLength(1);
    expect((await readdir(places[0] ?? "")).sort()).toEqual(["config.xml", "users.xml"]);
    await engine.stop();
    expect(places.some(existsSync)).toBe(false);
  });
});
