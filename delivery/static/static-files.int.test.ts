import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
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
      if (found === null) return null;
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
