import { afterAll, describe, expect, it } from "vitest";
import { MAKE_STATIC_TASK, type StaticOutcome } from "../../../domain/asset/static-renditions.ts";
import { staticKey } from "../../../domain/media/object-keys.ts";
import { listJobs } from "../../../platform/jobs/testing.ts";
import { startSdkWorld } from "../../testing/sdk-world.ts";
import { applyOutcomeNow, eventsOf, READY, result } from "../../testing/video.ts";
import { applyStaticTask } from "../apply-static.ts";
import { DELETE_OBJECTS_TASK } from "../delete-asset.ts";
import { DELETE_STATIC_TASK, deleteStaticFileTask } from "../delete-static-file.ts";

const PLAN_ID = "0123456789abcdef";
const MADE: StaticOutcome = {
  ...{ kind: "ready", planId: PLAN_ID },
  ...{ widthPx: 1280, heightPx: 720, bitrate: 2_400_000, sizeBytes: 5_000_000_000 },
};
const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };

const { server, environment, mux, stop } = await startSdkWorld();
afterAll(() => stop());

const input = { inputs: [{ url: "https://example.com/a.mp4" }] };
const becomeReady = (assetId: string) => applyOutcomeNow(server, result(environment, assetId, READY));
const apply = (assetId: string, id: string, outcome: StaticOutcome) =>
  applyStaticTask(server.services)({ environment, assetId, id, outcome }, context);

/** Files that a transcoder is asked to make of an asset. */
async function askedOf(assetId: string): Promise<string[]> {
  const keys = (await listJobs(server.db)).map(({ key }) => key);
  const files = (await mux.video.assets.retrieve(assetId)).static_renditions?.files ?? [];
  return files.filter(({ id }) => keys.includes(`${MAKE_STATIC_TASK}:${id}`)).map(({ resolution }) => resolution ?? "");
}

async function eventTypesOf(assetId: string): Promise<string[]> {
  const events = (await eventsOf(server)).filter(({ object_id }) => object_id === assetId);
  return events.map(({ type }) => type.replace("video.asset.", ""));
}

describe("static renditions", () => {
  it("asked for with an asset are made when it is ready, and told of", async () => {
    const static_renditions = [
      { resolution: "highest" as const, passthrough: "p" },
      { resolution: "audio-only" as const },
    ];
    const { id: assetId, static_renditions: told } = await mux.video.assets.create({ ...input, static_renditions });
    const [sound, highest] = told?.files ?? [];
    expect(highest).toMatchObject({
      name: "highest.mp4",
      ext: "mp4",
      status: "preparing",
      type: "standard",
      passthrough: "p",
    });
    expect(sound).toMatchObject({ name: "audio.m4a", ext: "m4a", resolution: "audio-only" });
    expect(await askedOf(assetId)).toEqual([]);

    await becomeReady(assetId);
    expect(await askedOf(assetId)).toEqual(["audio-only", "highest"]);
    await apply(assetId, highest?.id ?? "", MADE);
    await apply(assetId, highest?.id ?? "", { kind: "errored" }); // a result that comes again changes nothing
    await apply(assetId, sound?.id ?? "", { kind: "skipped" });
    const asset = await mux.video.assets.retrieve(assetId);
    expect(asset.static_renditions?.files).toEqual([
      expect.objectContaining({ name: "audio.m4a", status: "skipped" }),
      expect.objectContaining({
        ...{ name: "highest.mp4", status: "ready", resolution_tier: "720p", width: 1280, height: 720 },
        ...{ bitrate: 2_400_000, filesize: "5000000000" },
      }),
    ]);
    expect(await eventTypesOf(assetId)).toEqual([
      ...["created", "static_rendition.created", "static_rendition.created", "ready"],
      ...["static_rendition.ready", "static_rendition.skipped"],
    ]);
  });

  it("are added to a ready asset, and refused where they clash", async () => {
    const { id: assetId } = await mux.video.assets.create(input);
    await becomeReady(assetId);
    const made = await mux.video.assets.createStaticRendition(assetId, { resolution: "720p" });
    expect(made).toMatchObject({ name: "720p.mp4", status: "preparing", type: "advanced" });
    expect(await askedOf(assetId)).toEqual(["720p"]);
    for (const resolution of ["720p", "highest"] as const) {
      const again = mux.video.assets.createStaticRendition(assetId, { resolution });
      await expect(again).rejects.toMatchObject({ status: 400 });
    }
    await applyOutcomeNow(server, result(environment, (await mux.video.assets.create(input)).id));
  });

  it("are gone at once when deleted, their bytes soon after, but not those of a successor", async () => {
    const { id: assetId } = await mux.video.assets.create(input);
    await becomeReady(assetId);
    const { id = "" } = await mux.video.assets.createStaticRendition(assetId, { resolution: "720p" });
    await apply(assetId, id, MADE);
    const key = staticKey({ environment, assetId, planId: PLAN_ID }, "720p.mp4");
    const { objects } = server.services;
    await objects.put(key, Buffer.from("film"));
    const removeBytes = () =>
      deleteStaticFileTask(server.services)({ environment, assetId, name: "720p.mp4" }, context);

    await mux.video.assets.deleteStaticRendition(assetId, id);
    expect((await mux.video.assets.retrieve(assetId)).static_renditions).toBeUndefined();
    await expect(mux.video.assets.deleteStaticRendition(assetId, id)).rejects.toMatchObject({ status: 404 });
    await mux.video.assets.createStaticRendition(assetId, { resolution: "720p" });
    await removeBytes();
    expect(await objects.head(key)).not.toBeNull();

    const [successor] = (await mux.video.assets.retrieve(assetId)).static_renditions?.files ?? [];
    await mux.video.assets.deleteStaticRendition(assetId, successor?.id ?? "");
    await removeBytes();
    expect(await objects.head(key)).toBeNull();
  });

  it("that were made after they were deleted are removed again", async () => {
    const deletions = async () => (await listJobs(server.db)).filter(({ task }) => task === DELETE_STATIC_TASK).length;
    const { id: assetId } = await mux.video.assets.create(input);
    await becomeReady(assetId);
    const { id = "" } = await mux.video.assets.createStaticRendition(assetId, { resolution: "720p" });
    await mux.video.assets.deleteStaticRendition(assetId, id);
    const before = await deletions();
    await apply(assetId, id, MADE);
    expect(await deletions()).toBe(before + 2);
    await mux.video.assets.delete(assetId);
    const objects = async () => (await listJobs(server.db)).filter(({ task }) => task === DELETE_OBJECTS_TASK).length;
    const removals = await objects();
    await apply(assetId, id, MADE);
    expect(await objects()).toBe(removals + 2);
  });

  it("end with an asset that cannot be played", async () => {
    const static_renditions = [{ resolution: "highest" as const }];
    const { id: assetId } = await mux.video.assets.create({ ...input, static_renditions });
    const error = { type: "invalid_input" as const, messages: ["The file is empty."] };
    await applyOutcomeNow(server, result(environment, assetId, { kind: "errored", error }));
    const { static_renditions: told } = await mux.video.assets.retrieve(assetId);
    expect(told?.files?.map(({ status }) => status)).toEqual(["errored"]);
    expect(await eventTypesOf(assetId)).toContain("static_rendition.errored");
  });

  it("cannot be asked of an asset that is errored", async () => {
    const { id: assetId } = await mux.video.assets.create(input);
    const error = { type: "invalid_input" as const, messages: ["The file is empty."] };
    await applyOutcomeNow(server, result(environment, assetId, { kind: "errored", error }));
    const asked = mux.video.assets.createStaticRendition(assetId, { resolution: "highest" });
    await expect(asked).rejects.toMatchObject({ status: 400 });
  });
});
