import { afterAll, describe, expect, it } from "vitest";
import type { IngestOutcome } from "../../../domain/asset/outcome.ts";
import { MAKE_STATIC_TASK, type StaticOutcome } from "../../../domain/asset/static-renditions.ts";
import { listJobs } from "../../../platform/jobs/testing.ts";
import { startSdkWorld } from "../../testing/sdk-world.ts";
import { applyOutcomeNow, eventsOf, READY, result } from "../../testing/video.ts";
import { applyStaticTask } from "../apply-static.ts";
import { DELETE_STATIC_TASK } from "../delete-static-file.ts";

type Support = "none" | "standard" | "capped-1080p" | "audio-only" | "audio-only,capped-1080p";

const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
const input = { inputs: [{ url: "https://example.com/a.mp4" }] };
const made = (heightPx: number): StaticOutcome => ({
  ...{ kind: "ready", planId: "0123456789abcdef", bitrate: 2_400_000, sizeBytes: 5_000_000_000 },
  ...{ widthPx: Math.round((heightPx * 16) / 9), heightPx },
});

const { server, environment, mux, stop } = await startSdkWorld();
afterAll(() => stop());

const becomes = (assetId: string, outcome: IngestOutcome = READY) =>
  applyOutcomeNow(server, result(environment, assetId, outcome));
const created = async (mp4_support?: Support) =>
  (await mux.video.assets.create({ ...input, ...(mp4_support && { mp4_support }) })).id;
const set = (assetId: string, mp4_support: Support) => mux.video.assets.updateMP4Support(assetId, { mp4_support });
const toldOf = async (assetId: string) => (await mux.video.assets.retrieve(assetId)).static_renditions;

/** Names of the files that a transcoder is asked for, with their ids. */
async function askedOf(assetId: string): Promise<Map<string, string>> {
  const keys = (await listJobs(server.db)).map(({ key }) => key);
  const files = await server.db
    .selectFrom("static_renditions")
    .select(["id", "name"])
    .where("asset_id", "=", assetId)
    .where("deleted_at", "is", null)
    .orderBy("name")
    .execute();
  return new Map(
    files.filter(({ id }) => keys.includes(`${MAKE_STATIC_TASK}:${id}`)).map(({ id, name }) => [name, id]),
  );
}

async function settle(assetId: string, name: string, outcome: StaticOutcome): Promise<void> {
  const id = (await askedOf(assetId)).get(name) ?? "";
  await applyStaticTask(server.services)({ environment, assetId, id, outcome }, context);
}

async function eventTypesOf(assetId: string): Promise<string[]> {
  const events = (await eventsOf(server)).filter(({ object_id }) => object_id === assetId);
  return events.map(({ type }) => type.replace("video.asset.", "")).filter((type) => type !== "updated");
}

const SILENT: IngestOutcome = READY.kind === "ready" ? { ...READY, facts: { ...READY.facts, sounds: [] } } : READY;
const SOUND: IngestOutcome =
  READY.kind === "ready" ? { ...READY, facts: { ...READY.facts, video: null, topRendition: null } } : READY;

describe("mp4_support", () => {
  it("standard gives up to three files, told of together", async () => {
    const assetId = await created("standard");
    const { mp4_support, static_renditions } = await mux.video.assets.retrieve(assetId);
    expect([mp4_support, static_renditions]).toEqual(["standard", { status: "preparing", files: [] }]);
    await becomes(assetId);
    expect([...(await askedOf(assetId)).keys()]).toEqual(["high.mp4", "low.mp4", "medium.mp4"]);

    await settle(assetId, "low.mp4", made(480));
    const low = { name: "low.mp4", ext: "mp4", width: 853, height: 480, bitrate: 2_400_000, filesize: "5000000000" };
    expect(await toldOf(assetId)).toEqual({ status: "preparing", files: [low] });
    await settle(assetId, "medium.mp4", made(720));
    await settle(assetId, "high.mp4", { kind: "skipped" });
    await settle(assetId, "high.mp4", { kind: "errored" }); // a result that comes again changes nothing
    const told = await toldOf(assetId);
    expect([told?.status, told?.files?.map(({ name }) => name)]).toEqual(["ready", ["low.mp4", "medium.mp4"]]);
    expect(await eventTypesOf(assetId)).toEqual([
      ...["created", "ready", "static_renditions.preparing", "static_renditions.ready"],
    ]);
  });

  it.each<[Support, string, IngestOutcome, string[]]>([
    ["standard", "sound alone", SOUND, ["audio.m4a"]],
    ["capped-1080p", "a film", READY, ["capped-1080p.mp4"]],
    ["capped-1080p", "sound alone", SOUND, ["audio.m4a"]],
    ["audio-only,capped-1080p", "a film", READY, ["audio.m4a", "capped-1080p.mp4"]],
    ["audio-only,capped-1080p", "a silent film", SILENT, ["capped-1080p.mp4"]],
  ])("%s of %s", async (support, _, outcome, names) => {
    const assetId = await created(support);
    await becomes(assetId, outcome);
    expect([...(await askedOf(assetId)).keys()]).toEqual(names);
  });

  it("fails where nothing can be made, once", async () => {
    const silent = await created("audio-only");
    await becomes(silent, SILENT);
    await settle(silent, "audio.m4a", { kind: "skipped" });
    expect(await toldOf(silent)).toEqual({ status: "errored", files: [] });

    const two = await created("audio-only,capped-1080p");
    await becomes(two);
    await settle(two, "audio.m4a", { kind: "errored" });
    await settle(two, "capped-1080p.mp4", made(1080));
    expect((await toldOf(two))?.status).toBe("errored");
    const errors = [...(await eventTypesOf(silent)), ...(await eventTypesOf(two))];
    expect(errors.filter((type) => type === "static_renditions.errored")).toHaveLength(2);

    const broken = await created("standard");
    await becomes(broken, { kind: "errored", error: { type: "invalid_input", messages: ["The file is empty."] } });
    expect((await toldOf(broken))?.status).toBe("errored");
    expect(await eventTypesOf(broken)).toEqual(["created", "errored", "static_renditions.errored"]);
    await expect(set(broken, "capped-1080p")).rejects.toMatchObject({ status: 400 });
  });

  it("is changed and ended on a ready asset: what is not wanted any more goes, the rest stays", async () => {
    const assetId = await created();
    await becomes(assetId);
    expect(await set(assetId, "capped-1080p")).toMatchObject({ mp4_support: "capped-1080p" });
    await settle(assetId, "capped-1080p.mp4", made(1080));
    await set(assetId, "audio-only,capped-1080p");
    expect(await toldOf(assetId)).toMatchObject({ status: "preparing", files: [{ name: "capped-1080p.mp4" }] });
    await settle(assetId, "audio.m4a", made(0));
    const events = (await eventTypesOf(assetId)).length;
    await set(assetId, "audio-only");
    const deletions = (await listJobs(server.db)).filter(({ task }) => task === DELETE_STATIC_TASK).length;
    expect(deletions).toBe(2); // at once, and for what was being made
    expect((await toldOf(assetId))?.files?.map(({ name }) => name)).toEqual(["audio.m4a"]);
    expect(await eventTypesOf(assetId)).toHaveLength(events);

    await set(assetId, "none");
    await set(assetId, "none");
    const after = await mux.video.assets.retrieve(assetId);
    expect([after.mp4_support, after.static_renditions]).toEqual(["none", undefined]);
    expect((await eventTypesOf(assetId)).slice(events)).toEqual(["static_renditions.deleted"]);
  });

  it("stands beside no static rendition, whichever was there before", async () => {
    const [older, newer] = [await created("capped-1080p"), await created()];
    const asked = mux.video.assets.createStaticRendition(older, { resolution: "highest" });
    await expect(asked).rejects.toMatchObject({ status: 400 });
    await mux.video.assets.createStaticRendition(newer, { resolution: "highest" });
    await expect(set(newer, "capped-1080p")).rejects.toMatchObject({ status: 400 });
    expect(await set(newer, "none")).toMatchObject({ static_renditions: { files: [{ name: "highest.mp4" }] } });
  });

  it("comes with an upload's settings", async () => {
    const upload = await mux.video.uploads.create({
      cors_origin: "*",
      new_asset_settings: { mp4_support: "audio-only", playback_policies: ["public"] },
    });
    await fetch(upload.url ?? "", { method: "PUT", body: "film" });
    const { asset_id = "" } = await mux.video.uploads.retrieve(upload.id);
    await becomes(asset_id);
    expect([...(await askedOf(asset_id)).keys()]).toEqual(["audio.m4a"]);
  });
});
