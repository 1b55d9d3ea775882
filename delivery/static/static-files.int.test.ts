import { randomBytes } from "node:crypto";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { staticKey } from "../../domain/media/object-keys.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { PLAN_ID } from "../testing/plans.ts";
import { ENVIRONMENT, publish } from "../testing/publish.ts";
import { openWorld, type World } from "../testing/world.ts";

/** More than any buffer on the way. */
const FILM = randomBytes(3_000_000);

let engine: TestPostgres;
let world: World;
let path: string;
let assetId: string;

beforeAll(async () => {
  engine = await startTestPostgres();
  world = await openWorld(await engine.createTestDatabase());
  await world.start();
  const asset = await publish(world);
  assetId = asset.assetId;
  path = `/${asset.playbackId}/highest.mp4`;
  const key = staticKey({ environment: ENVIRONMENT, assetId, planId: PLAN_ID }, "highest.mp4");
  await world.objects.put(key, Readable.from([FILM]));
});
afterAll(async () => {
  await world.close();
  await engine.stop();
});

describe("a static rendition", () => {
  it("is sent whole, by ranges, and not to who has it", async () => {
    const whole = await world.get(path);
    expect([whole.status, whole.headers["content-type"]]).toEqual([200, "video/mp4"]);
    expect(whole.headers["accept-ranges"]).toBe("bytes");
    expect(whole.body.equals(FILM)).toBe(true);

    const part = await world.get(path, { headers: { range: "bytes=1000000-1999999" } });
    expect([part.status, part.headers["content-range"]]).toEqual([206, "bytes 1000000-1999999/3000000"]);
    expect(part.body.equals(FILM.subarray(1_000_000, 2_000_000))).toBe(true);
    expect((await world.get(path, { headers: { range: "bytes=3000000-" } })).status).toBe(416);

    const head = await world.get(path, { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, "3000000", 0]);
    const etag = String(whole.headers["etag"]);
    expect((await world.get(path, { headers: { "if-none-match": etag } })).status).toBe(304);
  });

  it("is saved under the name that is asked for, whatever it is", async () => {
    const disposition = async (name: string) => {
      const { headers } = await world.get(`${path}?download=${encodeURIComponent(name)}`, { method: "HEAD" });
      return headers["content-disposition"];
    };
    expect(await disposition("My film (1).mp4")).toBe("attachment; filename*=UTF-8''My%20film%20%281%29.mp4");
    expect(await disposition('../a"\r\nx: y')).toBe("attachment; filename*=UTF-8''.._a%22__x%3A%20y");
    expect(await disposition("")).toBeUndefined();
    expect(await disposition(`${"a".repeat(199)}😀`)).toContain("a%EF%BF%BD"); // cut in its midst
  });

  it("is cut, and counted as broken, where the store breaks off", async () => {
    const key = staticKey({ environment: ENVIRONMENT, assetId, planId: PLAN_ID }, "audio.m4a");
    await world.objects.put(key, Readable.from([FILM]));
    const read = world.objects.read.bind(world.objects);
    const failing = vi.spyOn(world.objects, "read").mockImplementation(async (...of) => {
      const found = await read(...of);
      if (found === null || of[0] !== key) return found;
      const broken = async function* () {
        yield FILM.subarray(0, 1_000_000);
        throw new Error("the disk is gone");
      };
      return { ...found, body: Readable.from(broken()) };
    });
    await expect(world.get(path.replace("highest.mp4", "audio.m4a"))).rejects.toThrow(/aborted|hang up|reset/);
    failing.mockRestore();
    expect(await world.metric('playhead_delivery_requests_total{kind="static",status="broken"')).toBe(1);
  });

  it("is 404 where it was not asked for, and before it is made", async () => {
    const got = await world.get(path.replace("highest.mp4", "720p.mp4"));
    expect([got.status, JSON.parse(got.body.toString()).error.type]).toEqual([404, "not_found"]);
    expect((await world.get(path.replace("highest.mp4", "9000p.mp4"))).status).toBe(404);
  });
});

describe("delivered seconds of a static rendition", () => {
  const VIEW = "vsid=aaaaaaaaaaaaaaaa";
  /** What the store keeps of all that was delivered since the test began: each key once, in seconds. */
  let begin = 0;
  const rows = () => {
    const keyed = world.delivered.slice(begin).map((record) => {
      const { assetId: of, session, rendition, planId, segment } = record;
      return [[of, session, rendition, planId, segment].join("/"), record] as const;
    });
    return [...new Map(keyed).values()];
  };
  const seconds = () => rows().reduce((sum, { lengthMs }) => sum + lengthMs, 0) / 1_000;
  /** To a piece: there are 45 in 10.01 s. */
  const settled = (expected: number) => vi.waitFor(() => expect(Math.abs(seconds() - expected)).toBeLessThan(0.25));
  beforeEach(() => {
    begin = world.delivered.length;
  });

  it("are its length for all of it, and the share of a part", async () => {
    await world.get(path);
    await settled(10.01);
    expect(rows()[0]).toMatchObject({
      ...{ environmentId: 1, assetId, planId: PLAN_ID, rendition: "highest.mp4", tier: "1080p", segment: 0 },
      ...{ playbackId: path.split("/")[1], session: expect.stringMatching(/^connection:/) },
    });
    begin = world.delivered.length;
    await world.get(path, { headers: { range: "bytes=1500000-2249999" } });
    await settled(10.01 / 4);
  });

  it("count what a session or a connection fetches again once", async () => {
    const parts = ["bytes=0-1499999", "bytes=1000000-1999999", "bytes=0-1499999", "bytes=2000000-"];
    for (const range of parts) await world.get(`${path}?${VIEW}`, { headers: { range } });
    await settled(10.01);
    expect(world.delivered.length - begin).toBeGreaterThan(rows().length);
    expect(new Set(rows().map(({ session }) => session))).toEqual(new Set(["aaaaaaaaaaaaaaaa"]));

    begin = world.delivered.length;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const fetched = () =>
      new Promise((resolve, reject) => {
        const outgoing = get({ host: "127.0.0.1", port: world.port(), path, agent }, (response) =>
          response.resume().once("end", resolve),
        );
        outgoing.once("error", reject);
      });
    await fetched();
    await fetched();
    agent.destroy();
    await settled(10.01);
    await world.get(path);
    await settled(20.02);
  });

  it("are not of HEAD, 304 and 416", async () => {
    const { headers } = await world.get(path, { method: "HEAD" });
    await world.get(path, { headers: { "if-none-match": String(headers.etag) } });
    await world.get(path, { headers: { range: "bytes=3000000-" } });
    await world.get(path, { headers: { range: "bytes=0-299999" } }); // whatever came before is settled
    await settled(1.001);
  });

  it("are of what a client had when it left", async () => {
    const key = staticKey({ environment: ENVIRONMENT, assetId, planId: PLAN_ID }, "480p.mp4");
    const sizeBytes = 40_000_000; // more than sockets hold
    await world.objects.put(key, Readable.from([Buffer.alloc(sizeBytes)]));
    const socket = connect(world.port());
    socket.write(`GET ${path.replace("highest.mp4", "480p.mp4")}?${VIEW} HTTP/1.1\r\nhost: a\r\n\r\n`);
    let got = 0;
    await new Promise<void>((resolve) => {
      socket.on("data", (bytes) => {
        got += bytes.length;
        if (got > sizeBytes / 4) resolve();
      });
    });
    socket.destroy();
    await vi.waitFor(() => expect(world.delivered.length).toBeGreaterThan(begin));
    expect(seconds()).toBeGreaterThan(2.4);
    expect(seconds()).toBeLessThan(8);
    expect(rows()[0]).toMatchObject({ tier: "720p", rendition: "480p.mp4", session: "aaaaaaaaaaaaaaaa" });
  });
});
