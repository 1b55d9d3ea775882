import { afterAll, describe, expect, it } from "vitest";
import { MAKE_MASTER_TASK, type MasterOutcome } from "../../../domain/asset/master.ts";
import { masterKey, sourceKey } from "../../../domain/media/object-keys.ts";
import { listJobs } from "../../../platform/jobs/testing.ts";
import { postgresTime } from "../../../platform/postgres/clock.ts";
import { startSdkWorld } from "../../testing/sdk-world.ts";
import { applyOutcomeNow, eventsOf, READY, result } from "../../testing/video.ts";
import { applyMasterTask, DELETE_MASTER_TASK, deleteMasterFileTask, endMasterTask } from "../apply-master.ts";
import { END_MASTER_TASK } from "../masters.ts";

const DAY_MS = 24 * 3_600_000;
const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
const input = { inputs: [{ url: "https://example.com/a.mp4" }] };

const { server, environment, mux, stop } = await startSdkWorld();
afterAll(() => stop());

const becomeReady = (assetId: string) => applyOutcomeNow(server, result(environment, assetId, READY));
const isErrored = (assetId: string) => {
  const error = { type: "invalid_input" as const, messages: ["The file is empty."] };
  return applyOutcomeNow(server, result(environment, assetId, { kind: "errored", error }));
};

async function masterOf(assetId: string) {
  const { id: masterId } = await server.db
    .selectFrom("masters")
    .select("id")
    .where("asset_id", "=", assetId)
    .where("deleted_at", "is", null)
    .executeTakeFirstOrThrow();
  const ref = { environment, assetId, masterId };
  const apply = (outcome: MasterOutcome) => applyMasterTask(server.services)({ ...ref, outcome }, context);
  const isMade = (objectKey = masterKey(ref)) => apply({ kind: "ready", objectKey });
  return { ...ref, apply, isMade, end: () => endMasterTask(server.services)(ref, context) };
}

const jobsOf = async (task: string, masterId: string) =>
  (await listJobs(server.db)).filter((job) => job.task === task && (job.key === null || job.key.endsWith(masterId)));

async function eventTypesOf(assetId: string): Promise<string[]> {
  const events = (await eventsOf(server)).filter(({ object_id }) => object_id === assetId);
  return events.map(({ type }) => type.replace("video.asset.", ""));
}

async function readyWithMaster(): Promise<{ assetId: string; master: Awaited<ReturnType<typeof masterOf>> }> {
  const { id: assetId } = await mux.video.assets.create({ ...input, master_access: "temporary" });
  await becomeReady(assetId);
  return { assetId, master: await masterOf(assetId) };
}

describe("master access", () => {
  it("asked for with an asset gives its file when it is ready, for a day", async () => {
    const asset = await mux.video.assets.create({ ...input, master_access: "temporary" });
    expect(asset).toMatchObject({ master_access: "temporary", master: { status: "preparing" } });
    const master = await masterOf(asset.id);
    expect(await jobsOf(MAKE_MASTER_TASK, master.masterId)).toHaveLength(0);
    await becomeReady(asset.id);
    expect(await jobsOf(MAKE_MASTER_TASK, master.masterId)).toHaveLength(1);

    await master.isMade();
    const told = await mux.video.assets.retrieve(asset.id);
    const url = `^https://stream\\.example\\.com/${master.masterId}/mezzanine\\.mp4\\?token=[A-Za-z0-9_-]{43}$`;
    expect(told.master).toEqual({ status: "ready", url: expect.stringMatching(new RegExp(url)) });
    await master.isMade(); // a result that comes again changes nothing
    await master.apply({ kind: "errored" });
    expect((await mux.video.assets.retrieve(asset.id)).master).toEqual(told.master);
    expect(await eventTypesOf(asset.id)).toEqual(["created", "master.preparing", "ready", "master.ready"]);
    const [end] = await jobsOf(END_MASTER_TASK, master.masterId);
    expect((end?.runAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(DAY_MS - 60_000);
  });

  it("is refused for tests, whose source would be all of it", async () => {
    const { id } = await mux.video.assets.create({ ...input, test: true });
    await becomeReady(id);
    const refusal = /400 .*master_access: tests have no master/;
    await expect(mux.video.assets.updateMasterAccess(id, { master_access: "temporary" })).rejects.toThrow(refusal);
    const settings = { cors_origin: "*", test: true, new_asset_settings: { master_access: "temporary" as const } };
    await expect(mux.video.uploads.create(settings)).rejects.toThrow(refusal);
    expect((await mux.video.assets.retrieve(id)).master_access).toBe("none");
  });

  it("ends after a day, not before, and takes the file but never the source with it", async () => {
    const { assetId, master } = await readyWithMaster();
    const { objects } = server.services;
    const source = sourceKey({ environment, assetId }, 1);
    for (const key of [source, masterKey(master)]) await objects.put(key, Buffer.from("film"));
    await master.isMade();
    await master.end();
    expect((await mux.video.assets.retrieve(assetId)).master_access).toBe("temporary");

    await server.db
      .updateTable("masters")
      .set({ expires_at: postgresTime(-1) })
      .where("id", "=", master.masterId)
      .execute();
    await master.end();
    await master.end();
    const after = await mux.video.assets.retrieve(assetId);
    expect([after.master_access, after.master]).toEqual(["none", undefined]);
    expect((await eventTypesOf(assetId)).filter((type) => type === "master.deleted")).toHaveLength(1);
    const { environment: of, masterId } = master;
    await deleteMasterFileTask(objects)({ environment: of, assetId, masterId }, context);
    expect([await objects.head(masterKey(master)), (await objects.head(source))?.sizeBytes]).toEqual([null, 4]);
  });

  it("is given to a ready asset and taken away again, once each", async () => {
    const { id: assetId } = await mux.video.assets.create(input);
    await becomeReady(assetId);
    const set = (master_access: "temporary" | "none") =>
      mux.video.assets.updateMasterAccess(assetId, { master_access });
    expect(await set("temporary")).toMatchObject({ master_access: "temporary", master: { status: "preparing" } });
    const master = await masterOf(assetId);
    await set("temporary");
    expect((await masterOf(assetId)).masterId).toBe(master.masterId);
    expect(await jobsOf(MAKE_MASTER_TASK, master.masterId)).toHaveLength(1);
    expect(await set("none")).toMatchObject({ master_access: "none" });
    await set("none");
    const types = (await eventTypesOf(assetId)).filter((type) => type.startsWith("master."));
    expect(types).toEqual(["master.preparing", "master.deleted"]);

    const deletions = async () => (await listJobs(server.db)).filter(({ task }) => task === DELETE_MASTER_TASK).length;
    const before = await deletions();
    await master.isMade(); // after nobody wanted it any more
    expect(await deletions()).toBe(before + 2);
    expect((await mux.video.assets.retrieve(assetId)).master).toBeUndefined();
  });

  it("is tried anew after it failed", async () => {
    const { assetId, master } = await readyWithMaster();
    await master.apply({ kind: "errored" });
    expect((await mux.video.assets.retrieve(assetId)).master).toEqual({ status: "errored" });
    await mux.video.assets.updateMasterAccess(assetId, { master_access: "temporary" });
    const second = await masterOf(assetId);
    expect(second.masterId).not.toBe(master.masterId);
    expect(await jobsOf(MAKE_MASTER_TASK, second.masterId)).toHaveLength(1);
    const types = (await eventTypesOf(assetId)).filter((type) => type.startsWith("master."));
    expect(types).toEqual(["master.preparing", "master.errored", "master.deleted", "master.preparing"]);
  });

  it("of sound alone is an .m4a", async () => {
    const { id: assetId } = await mux.video.assets.create({ ...input, master_access: "temporary" });
    if (READY.kind !== "ready") throw new Error("not a ready outcome");
    const facts = { ...READY.facts, video: null, topRendition: null };
    await applyOutcomeNow(server, result(environment, assetId, { ...READY, facts }));
    await (await masterOf(assetId)).isMade(sourceKey({ environment, assetId }, 1));
    expect((await mux.video.assets.retrieve(assetId)).master?.url).toMatch(/\/mezzanine\.m4a\?token=/);
  });

  it("comes with an upload's settings", async () => {
    const upload = await mux.video.uploads.create({
      cors_origin: "*",
      new_asset_settings: { master_access: "temporary", playback_policies: ["public"] },
    });
    await fetch(upload.url ?? "", { method: "PUT", body: "film" });
    const { asset_id = "" } = await mux.video.uploads.retrieve(upload.id);
    expect((await mux.video.assets.retrieve(asset_id)).master).toEqual({ status: "preparing" });
  });

  it("fails with an asset that cannot be played, and is refused of one that is so already", async () => {
    const { id: assetId } = await mux.video.assets.create({ ...input, master_access: "temporary" });
    await isErrored(assetId);
    expect((await mux.video.assets.retrieve(assetId)).master).toEqual({ status: "errored" });
    expect(await eventTypesOf(assetId)).toEqual(["created", "master.preparing", "master.errored", "errored"]);
    const asked = mux.video.assets.updateMasterAccess(assetId, { master_access: "temporary" });
    await expect(asked).rejects.toMatchObject({ status: 400 });
  });

  it("does not take another asset's file for its own", async () => {
    const { master } = await readyWithMaster();
    const foreign = sourceKey({ environment: "zzzzzz", assetId: master.assetId }, 1);
    await expect(master.isMade(foreign)).rejects.toThrow(/another asset/);
  });
});
