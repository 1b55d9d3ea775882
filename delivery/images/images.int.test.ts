import { truncate } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { imageKey } from "../../domain/media/image-keys.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { PLAN_ID, smallPlan } from "../testing/plans.ts";
import { ENVIRONMENT, publish } from "../testing/publish.ts";
import { errorOf, fileOf } from "../testing/read-back.ts";
import { openWorld, type World } from "../testing/world.ts";

let engine: TestPostgres;
let world: World;
beforeAll(async () => {
  engine = await startTestPostgres();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  world = await openWorld(await engine.createTestDatabase());
  await world.start();
});
afterEach(() => world.close());

const ofAsset = (assetId: string) => ({ environment: ENVIRONMENT, assetId, planId: PLAN_ID });

describe("images", () => {
  it("are 503 when none can be made, 404 of what has no picture, and 400 with a wrong parameter", async () => {
    const seen = await publish(world);
    const heard = await publish(world, { plan: smallPlan({ video: [], pictureEnd: 0 }) });
    for (const name of ["thumbnail.jpg", "animated.gif", "storyboard.png"]) {
      expect((await world.get(`/${seen.playbackId}/${name}`)).status).toBe(503);
      expect((await world.get(`/${heard.playbackId}/${name}`)).status).toBe(404);
    }
    expect((await world.get(`/${heard.playbackId}/storyboard.vtt`)).status).toBe(404);
    for (const path of ["thumbnail.jpg?latest=true", "animated.gif?fps=31", "storyboard.vtt?format=gif"]) {
      const wrong = await world.get(`/${seen.playbackId}/${path}`);
      expect([wrong.status, errorOf(wrong).message]).toEqual([400, expect.stringMatching(/latest|fps|format/)]);
    }
  });

  it("are asked for with what their URLs say, and told as what they are", async () => {
    const { playbackId, assetId } = await publish(world);
    world.makeAll(Buffer.from("image"));
    const gif = await world.get(`/${playbackId}/animated.gif?start=1&end=3&width=100&fps=10`);
    expect([gif.status, gif.headers["content-type"]]).toEqual([200, "image/gif"]);
    const sheet = await world.get(`/${playbackId}/storyboard.webp`);
    expect(sheet.headers).toMatchObject({ "content-type": "image/webp", "cache-control": "public, max-age=86400" });
    const range = { startSeconds: 1, endSeconds: 3, widthPx: 100, heightPx: null, fps: 10 };
    expect(world.transcoder.asked).toEqual([
      { kind: "animation", ...ofAsset(assetId), format: "gif", ...range },
      { kind: "storyboard", ...ofAsset(assetId), format: "webp", startSeconds: 0, endSeconds: 10.01 },
    ]);
  });

  it("show the asset's own time where none is asked for, soon after that was changed", async () => {
    const { playbackId, assetId } = await publish(world);
    world.makeAll(Buffer.from("image"));
    const path = `/${playbackId}/thumbnail.jpg`;
    const middle = await world.get(path);
    expect(middle.headers["cache-control"]).toBe("public, max-age=60");
    expect((await world.get(`${path}?time=1`)).headers["cache-control"]).toBe("public, max-age=86400");
    await world.postgres.updateTable("assets").set({ thumbnail_seconds: 2.5 }).where("id", "=", assetId).execute();
    world.advance(5_000);
    await world.get(path);
    const asked = world.transcoder.asked.map((one) => (one.kind === "image" ? one.timeSeconds : null));
    expect(asked).toEqual([5.005, 1, 2.5]);
  });

  it("are made once for all who want the same at the same time", async () => {
    const { playbackId } = await publish(world);
    const asked = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    world.transcoder.answer = async (_, response) => {
      asked.resolve();
      await go.promise;
      response.end("image");
    };
    const path = `/${playbackId}/thumbnail.webp?width=16&height=16`;
    const all = [world.get(path), world.get(path), world.get(path)];
    await asked.promise;
    go.resolve();
    for (const got of await Promise.all(all)) expect(got.body.toString()).toBe("image");
    expect(world.transcoder.asked).toHaveLength(1);
  });

  it("are read from the store where they are, and made again where they are damaged", async () => {
    const { playbackId, assetId } = await publish(world);
    world.makeAll(Buffer.from("made now"));
    const stretch = { ...ofAsset(assetId), startSeconds: 0, endSeconds: 10.01 };
    const key = (format: "jpg" | "png") => imageKey({ kind: "storyboard", ...stretch, format });
    await world.objects.put(key("jpg"), Buffer.from("stored"));
    await world.objects.put(key("png"), Buffer.from("stored too"));
    await truncate(await fileOf(world, key("png")), 3);
    expect((await world.get(`/${playbackId}/storyboard.jpg`)).body.toString()).toBe("stored");
    expect((await world.get(`/${playbackId}/storyboard.png`)).body.toString()).toBe("made now");
    expect(await world.metric("playhead_delivery_damaged_objects_total")).toBe(1);
    expect(world.transcoder.asked).toHaveLength(1);
  });

  it("of a storyboard are named with their public address by the URLs that players ask for", async () => {
    const { playbackId } = await publish(world);
    const vtt = await world.get(`/${playbackId}/storyboard.vtt?format=webp`);
    expect(vtt.headers).toMatchObject({ "content-type": "text/vtt", "access-control-allow-origin": "*" });
    const address = `https://image.example.com/${playbackId}/storyboard.webp`;
    const urls = vtt.body.toString().match(/^https.*$/gm) ?? [];
    expect(urls).toHaveLength(50);
    expect(urls[6]).toBe(`${address}#xywh=256,144,256,144`);
    const json = await world.get(`/${playbackId}/storyboard.json?asset_start_time=2&asset_end_time=8`);
    const { url, duration } = JSON.parse(json.body.toString());
    expect([json.headers["content-type"], duration]).toEqual(["application/json", 6]);
    expect(url).toBe(address.replace("webp", "jpg?asset_start_time=2&asset_end_time=8"));
    world.makeAll();
    expect((await world.get(new URL(url).pathname + new URL(url).search)).status).toBe(200);
    expect(world.transcoder.asked).toMatchObject([{ startSeconds: 2, endSeconds: 8 }]);
  });
});
