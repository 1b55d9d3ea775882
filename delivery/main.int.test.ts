import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { TOPICS } from "../domain/messages/topics.ts";
import { internalPort, portsFrom } from "../domain/ports.ts";
import { decodeDeliveryRecord } from "../domain/usage/delivery-record.ts";
import { openSegmentLog } from "../platform/eventlog/segment-log.ts";
import { freePort, startTestPostgres, type TestPostgres } from "../platform/postgres/testing.ts";
import { SECRET } from "./testing/fake-transcoder.ts";
import { publish } from "./testing/publish.ts";
import { keyOf, openWorld, segmentPath, type World } from "./testing/world.ts";

let engine: TestPostgres;
let world: World;
let child: ChildProcess;
let output = "";
let port: number;
let directory: string;

beforeAll(async () => {
  engine = await startTestPostgres();
  const url = await engine.createTestDatabase();
  world = await openWorld(url);
  directory = await mkdtemp(join(tmpdir(), "playhead-deliveries-"));
  const base = (await freePort()) - 3;
  port = portsFrom(base).delivery;
  child = spawn(process.execPath, [fileURLToPath(new URL("./main.ts", import.meta.url))], {
    env: {
      PATH: "/usr/bin:/bin",
      PLAYHEAD_PORT_BASE: String(base),
      PLAYHEAD_SUPERVISED: "1",
      DATABASE_URL: url,
      OBJECTS_DIR: world.directory,
      TRANSCODER_URLS: world.transcoder.url,
      TRANSCODER_SECRET: SECRET,
      GRANT_SECRETS: SECRET,
      EVENTLOG_DIR: directory,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdout?.on("data", (text: Buffer) => {
    output += text.toString();
  });
  await vi.waitFor(() => expect(output).toContain('"msg":"listening"'), { timeout: 15_000 });
});
afterAll(async () => {
  child.kill("SIGKILL"); // no effect when it ended as it should
  await world.close();
  await engine.stop();
  await rm(directory, { recursive: true, force: true });
});

const readiness = async (): Promise<{ status: number; checks: Record<string, unknown> }> => {
  const response = await fetch(`http://127.0.0.1:${internalPort(port)}/readyz`);
  const { checks } = (await response.json()) as { checks: Record<string, unknown> };
  return { status: response.status, checks };
};

describe("the program", () => {
  it("is ready with everything there, and plays", async () => {
    const ok = { ok: true };
    expect(await readiness()).toEqual({
      status: 200,
      checks: { postgres: ok, objects: ok, transcoder: ok, "event log": ok },
    });
    const { playbackId, assetId } = await publish(world);
    await world.objects.put(keyOf(assetId), Buffer.from("stored"));
    for (const host of ["127.0.0.1", "[::1]"]) {
      const response = await fetch(`http://${host}:${port}${segmentPath(playbackId)}`);
      expect(await response.text()).toBe("stored");
    }
    const read = async () => (await fetch(`http://127.0.0.1:${internalPort(port)}/metrics`)).text();
    await vi.waitFor(async () =>
      expect(await read()).toContain('playhead_delivery_usage_records_total{program="delivery"} 2'),
    );
    const eventlog = openSegmentLog({ directory, topics: TOPICS, retentionMs: 1e9, now: Date.now });
    const records: unknown[] = [];
    for await (const { value } of eventlog.readAll("deliveries", 0))
      records.push(decodeDeliveryRecord(value.toString()));
    await eventlog.close();
    const delivered = { environmentId: 1, assetId, playbackId, rendition: "720p", segment: 0, lengthMs: 2_002 };
    expect(records).toEqual([expect.objectContaining(delivered), expect.objectContaining(delivered)]);
    const metrics = await read();
    expect(metrics).toContain('playhead_delivery_requests_total{kind="segment",status="200",program="delivery"} 2');
  });

  it("stays ready, and says so, without transcoder and Postgres; not without its objects", async () => {
    await world.transcoder.close();
    await engine.stop();
    const degraded = { ok: true, degraded: expect.any(String) };
    expect(await readiness()).toEqual({
      status: 200,
      checks: { postgres: degraded, objects: { ok: true }, transcoder: degraded, "event log": { ok: true } },
    });
    await rm(world.directory, { recursive: true });
    expect(await readiness()).toMatchObject({ status: 503, checks: { objects: { ok: false } } });
  });

  it("ends with its supervisor, and cuts no answer short", async () => {
    const outgoing = request({ host: "127.0.0.1", port, path: "/malformed" }).end();
    const [response] = await once(outgoing, "response");
    const exited = once(child, "exit");
    child.stdin?.end();
    expect((await buffer(response)).toString()).toContain("malformed");
    expect(await exited).toEqual([0, null]);
  });
});
