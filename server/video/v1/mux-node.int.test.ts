import Mux from "@mux/mux-node";
import { afterAll, describe, expect, it, vi } from "vitest";
import { APPLY_RESULT_TASK } from "../../../domain/asset/outcome.ts";
import { addJob } from "../../../platform/jobs/jobs.ts";
import { startSdkWorld } from "../../testing/sdk-world.ts";
import { result } from "../../testing/video.ts";

const { server, environment, mux, stop } = await startSdkWorld();
server.startJobs();
afterAll(() => stop());

describe("@mux/mux-node against the server", () => {
  it("creates an asset, sees it become ready, changes it and lists all", async () => {
    const { video } = mux;
    const asset = await video.assets.create({
      inputs: [{ url: "https://example.com/a.mp4" }],
      playback_policies: ["public"],
      meta: { title: "From the SDK" },
    });
    expect(asset.status).toBe("preparing");
    await addJob(server.db, { task: APPLY_RESULT_TASK, payload: result(environment, asset.id) });
    await vi.waitFor(async () => expect((await video.assets.retrieve(asset.id)).status).toBe("ready"), 5_000);
    expect((await video.assets.update(asset.id, { passthrough: "p" })).passthrough).toBe("p");
    expect((await video.assets.retrieveInputInfo(asset.id))[0]?.file?.container_format).toBe("mp4");

    const made = [asset.id];
    for (let n = 0; n < 4; n += 1)
      made.push((await video.assets.create({ inputs: [{ url: "https://example.com/b.mp4" }] })).id);
    const seen: string[] = [];
    for await (const { id } of video.assets.list({ limit: 2 })) seen.push(id);
    expect(seen.sort()).toEqual(made.sort());
  });

  it("makes a clip, and chooses the usual thumbnail", async () => {
    const { id } = await mux.video.assets.create({ inputs: [{ url: "https://example.com/a.mp4" }] });
    await addJob(server.db, { task: APPLY_RESULT_TASK, payload: result(environment, id) });
    await vi.waitFor(async () => expect((await mux.video.assets.retrieve(id)).status).toBe("ready"), 5_000);
    const inputs = [{ url: `mux://assets/${id}`, start_time: 1, end_time: 3.5 }];
    const clip = await mux.video.assets.create({ inputs, playback_policies: ["public"] });
    expect([clip.ingest_type, clip.source_asset_id]).toEqual(["on_demand_clip", id]);
    expect((await mux.video.assets.retrieveInputInfo(clip.id))[0]?.settings).toEqual(inputs[0]);
    expect((await mux.video.assets.update(clip.id, { thumbnail_time: 2 })).thumbnail_time).toBe(2);
  });

  it("adds, retrieves and deletes playback ids", async () => {
    const asset = await mux.video.assets.create({ inputs: [{ url: "https://example.com/a.mp4" }] });
    const { id } = await mux.video.assets.createPlaybackId(asset.id, { policy: "signed" });
    expect(id).toBeDefined();
    expect((await mux.video.assets.retrievePlaybackId(asset.id, id ?? "")).policy).toBe("signed");
    expect((await mux.video.playbackIds.retrieve(id ?? "")).object).toEqual({ id: asset.id, type: "asset" });
    await mux.video.assets.deletePlaybackId(asset.id, id ?? "");
    await expect(mux.video.playbackIds.retrieve(id ?? "")).rejects.toMatchObject({ status: 404 });
  });

  it("creates, lists to the end and cancels uploads", async () => {
    const { uploads } = mux.video;
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const upload = await uploads.create({
        cors_origin: "https://example.com",
        new_asset_settings: { playback_policies: ["public"], passthrough: String(n) },
        timeout: 60,
      });
      expect(upload).toMatchObject({ status: "waiting", timeout: 60, cors_origin: "https://example.com" });
      expect(upload.new_asset_settings).toEqual({ playback_policies: ["public"], passthrough: String(n) });
      made.push(upload.id);
      server.advance(1); // those of one millisecond come in any order
    }
    const seen: string[] = [];
    for await (const { id } of uploads.list({ limit: 2 })) seen.push(id);
    expect(seen).toEqual([...made].reverse());
    const [first = ""] = made;
    const cancelled = await uploads.cancel(first);
    expect(cancelled.status).toBe("cancelled");
    expect(cancelled).not.toHaveProperty("url");
    expect((await uploads.retrieve(first)).status).toBe("cancelled");
  });

  it("uploads to the URL that it was given", async () => {
    const upload = await mux.video.uploads.create({
      cors_origin: "*",
      new_asset_settings: { playback_policies: ["public"], meta: { title: "Sent" } },
    });
    const put = await fetch(upload.url ?? "", { method: "PUT", body: Buffer.alloc(1_000, 7) });
    expect(put.status).toBe(200);
    const done = await mux.video.uploads.retrieve(upload.id);
    expect(done.status).toBe("asset_created");
    const asset = await mux.video.assets.retrieve(done.asset_id ?? "");
    expect(asset).toMatchObject({
      upload_id: upload.id,
      ingest_type: "on_demand_direct_upload",
      meta: { title: "Sent" },
    });
    const found = [];
    for await (const one of mux.video.assets.list({ upload_id: upload.id })) found.push(one.id);
    expect(found).toEqual([asset.id]);
  });

  it("deletes, and gets errors of its own classes", async () => {
    const asset = await mux.video.assets.create({ inputs: [{ url: "https://example.com/a.mp4" }] });
    expect(await mux.video.assets.delete(asset.id)).toBeNull();
    await expect(mux.video.assets.retrieve(asset.id)).rejects.toThrow(Mux.NotFoundError);
    await expect(mux.video.assets.create({ inputs: [] })).rejects.toThrow(Mux.BadRequestError);
    const wrong = new Mux({ tokenId: "x", tokenSecret: "y", baseURL: server.services.publicApiUrl, maxRetries: 0 });
    await expect(wrong.video.assets.list()).rejects.toThrow(Mux.AuthenticationError);
  });
});
