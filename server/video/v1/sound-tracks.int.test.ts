import { Readable } from "node:stream";
import type Mux from "@mux/mux-node";
import { afterAll, describe, expect, it } from "vitest";
import { READ_SOUND_TASK, type TrackOutcome } from "../../../domain/asset/text-track.ts";
import { fetchDraftId, planKey, segmentKey, soundTrackRef, sourceKey } from "../../../domain/media/object-keys.ts";
import { soundTrackRendition } from "../../../domain/media/sound-track.ts";
import { listJobs } from "../../../platform/jobs/testing.ts";
import { startSdkWorld } from "../../testing/sdk-world.ts";
import { applyOutcomeNow, eventsOf, READY, result } from "../../testing/video.ts";
import { applyTrackResultTask } from "../apply-track-result.ts";
import { DELETE_SOUND_TASK, deleteSoundTask } from "../delete-sound-track.ts";

const VIDEO = "https://example.com/a.mp4";
const CONTEXT = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
const PLAN_ID = READY.kind === "ready" ? READY.planId : "";
const german = { url: "https://example.com/de.m4a", type: "audio" as const, language_code: "de" };
const READ: TrackOutcome = { kind: "ready", sound: { channels: 2, durationSeconds: 39.5 } };

const { server, environment, mux, stop } = await startSdkWorld();
afterAll(() => stop());

async function readyAsset(inputs: Mux.Video.AssetCreateParams["inputs"] = [{ url: VIDEO }]): Promise<string> {
  const { id } = await mux.video.assets.create({ inputs });
  await applyOutcomeNow(server, result(environment, id));
  return id;
}

/** As a transcoder tells it. */
function tell(assetId: string, trackId: string, outcome: TrackOutcome): Promise<void> {
  return applyTrackResultTask(server.services)({ environment, assetId, trackId, outcome }, CONTEXT);
}

/** Those that were added. */
async function soundsOf(assetId: string): Promise<Mux.Video.Track[]> {
  const { tracks = [] } = await mux.video.assets.retrieve(assetId);
  return tracks.filter(({ type, primary }) => type === "audio" && primary !== true);
}

async function eventsOfTrack(trackId: string): Promise<string[]> {
  const events = (await eventsOf(server)).filter(({ object_id }) => object_id === trackId);
  return events.map(({ type }) => type.replace("video.asset.track.", ""));
}

const readings = async (trackId: string) =>
  (await listJobs(server.db)).filter(({ key }) => key === `${READ_SOUND_TASK}:${trackId}`).length;
const refused = (promise: Promise<unknown>, message: RegExp) =>
  expect(promise).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });

describe("a sound by URL", () => {
  it("is added to a ready asset, read once, and told of", async () => {
    const assetId = await readyAsset();
    const track = await mux.video.assets.createTrack(assetId, { ...german, passthrough: "p" });
    const shown = { type: "audio", status: "preparing", language_code: "de", name: "German", passthrough: "p" };
    expect(track).toEqual({ ...shown, id: track.id });
    const id = track.id ?? "";
    expect(await readings(id)).toBe(1);
    for (let time = 0; time < 2; time += 1) await tell(assetId, id, READ);
    const ready = { ...shown, id, status: "ready", max_channels: 2, duration: 39.5 };
    expect(await soundsOf(assetId)).toEqual([ready]);
    expect(await eventsOfTrack(id)).toEqual(["created", "ready"]);
    expect((await eventsOf(server)).at(-1)?.data).toEqual({ ...ready, asset_id: assetId });
  });

  it("comes with the asset, is read when that is ready, and fails alone", async () => {
    const inputs = [{ url: VIDEO }, german, { ...german, name: "Kommentar" }];
    const asset = await mux.video.assets.create({ inputs });
    const [first, second] = (asset.tracks ?? []).map(({ id = "" }) => id);
    expect(asset.tracks?.map(({ name, status }) => [name, status])).toEqual([
      ["German", "preparing"],
      ["Kommentar", "preparing"],
    ]);
    expect(await readings(first ?? "")).toBe(0);
    await applyOutcomeNow(server, result(environment, asset.id));
    expect([await readings(first ?? ""), await readings(second ?? "")]).toEqual([1, 1]);
    await tell(asset.id, first ?? "", READ);
    const error = { type: "download_failed" as const, messages: ["no"] };
    await tell(asset.id, second ?? "", { kind: "errored", error });
    expect(await soundsOf(asset.id)).toMatchObject([{ status: "ready" }, { status: "errored", error }]);
    expect((await mux.video.assets.retrieve(asset.id)).status).toBe("ready");
    const infos = await mux.video.assets.retrieveInputInfo(asset.id);
    expect(infos.map(({ settings }) => settings?.url)).toEqual(inputs.map(({ url }) => url));
  });

  it("is read beside one more of its environment at most, whatever comes with the asset", async () => {
    const inputs = [{ url: VIDEO }, ...Array.from({ length: 24 }, () => german)];
    const { id, tracks = [] } = await mux.video.assets.create({ inputs });
    await applyOutcomeNow(server, result(environment, id));
    const keys = new Set(tracks.map((track) => `${READ_SOUND_TASK}:${track.id}`));
    const jobs = (await listJobs(server.db)).filter(({ key }) => key !== null && keys.has(key));
    expect(jobs).toHaveLength(24);
    const queues = [0, 1].map((number) => `sound:${environment}:${number}`);
    expect(jobs.filter(({ queue }) => queue === null || !queues.includes(queue))).toEqual([]);
  });

  it("is called otherwise than the sounds of the file, unless its name was given", async () => {
    const english = { ...german, language_code: "en" };
    const inputs = [{ url: VIDEO }, english, german, { ...german, name: "Kommentar" }];
    const { id: assetId } = await mux.video.assets.create({ inputs });
    if (READY.kind !== "ready") throw new Error("it is ready");
    const sounds = ["English", "Kommentar"].map((name) => ({ channels: 2, durationSeconds: 40, name, language: "en" }));
    await applyOutcomeNow(server, result(environment, assetId, { ...READY, facts: { ...READY.facts, sounds } }));
    const { tracks = [] } = await mux.video.assets.retrieve(assetId);
    const added = tracks.filter(({ status }) => status === "preparing");
    expect(added.map(({ name }) => name)).toEqual(["English 2", "German", "Kommentar"]);
    await tell(assetId, added[0]?.id ?? "", READ);
    expect((await eventsOf(server)).at(-1)?.data).toMatchObject({ name: "English 2", status: "ready" });
  });

  it("ends with an asset that cannot be played", async () => {
    const { id: assetId, tracks } = await mux.video.assets.create({ inputs: [{ url: VIDEO }, german] });
    const error = { type: "invalid_input" as const, messages: ["The file is empty."] };
    await applyOutcomeNow(server, result(environment, assetId, { kind: "errored", error }));
    expect(await soundsOf(assetId)).toMatchObject([{ status: "errored" }]);
    expect(await eventsOfTrack(tracks?.[0]?.id ?? "")).toEqual(["created", "errored"]);
  });

  it("changes what is told of it, under names of its own", async () => {
    const assetId = await readyAsset();
    const { id = "" } = await mux.video.assets.createTrack(assetId, german);
    await mux.video.assets.createTrack(assetId, { ...german, type: "text", url: "https://example.com/de.srt" }); // of another type
    const changed = await mux.video.assets.updateTrack(assetId, id, { name: "Deutsch", language_code: "de-AT" });
    expect(changed).toMatchObject({ id, name: "Deutsch", language_code: "de-AT", type: "audio" });
    await refused(mux.video.assets.createTrack(assetId, { ...german, name: "Deutsch" }), /name: another/);
    await refused(mux.video.assets.createTrack(assetId, { ...german, name: "Default" }), /name: another/); // the file's own
    await refused(mux.video.assets.updateTrack(assetId, id, { closed_captions: true }), /closed_captions/);
  });

  it("is refused where something is wrong", async () => {
    const assetId = await readyAsset();
    const preparing = await mux.video.assets.create({ inputs: [{ url: VIDEO }] });
    await refused(mux.video.assets.createTrack(preparing.id, german), /preparing/);
    await refused(mux.video.assets.createTrack(assetId, { ...german, url: "ftp://example.com/a" }), /url: /);
    await refused(mux.video.assets.createTrack(assetId, { ...german, language_code: "German!" }), /language_code/);
    const other = { ...german, type: "video" as "audio" };
    await refused(mux.video.assets.createTrack(assetId, other), /type: must be text or audio/);
  });

  it("is gone when it is deleted, with its file, its plan and its segments, also when it is read later", async () => {
    const assetId = await readyAsset();
    const { id: trackId = "" } = await mux.video.assets.createTrack(assetId, german);
    await tell(assetId, trackId, READ);
    const { objects } = server.services;
    const own = soundTrackRef({ environment, assetId, trackId });
    const plan = { environment, assetId, planId: PLAN_ID };
    const keys = [
      ...[sourceKey(own, 1), planKey({ ...own, planId: PLAN_ID })],
      segmentKey(plan, soundTrackRendition(trackId), 0),
    ];
    const others = [sourceKey({ environment, assetId }, 1), segmentKey(plan, "audio", 0)];
    for (const key of [...keys, ...others]) await objects.put(key, Buffer.from("x"));
    await mux.video.assets.deleteTrack(assetId, trackId);
    expect(await soundsOf(assetId)).toEqual([]);
    const jobs = async () => (await listJobs(server.db)).filter(({ task }) => task === DELETE_SOUND_TASK).length;
    const before = await jobs();
    await tell(assetId, trackId, READ);
    expect(await jobs()).toBe(before + 2);

    for (let time = 0; time < 2; time += 1)
      await deleteSoundTask(server.services)({ environment, assetId, trackId }, CONTEXT);
    const left = await Promise.all([...keys, ...others].map(async (key) => (await objects.head(key)) !== null));
    expect(left).toEqual([false, false, false, true, true]);
    expect((await mux.video.assets.createTrack(assetId, german)).name).toBe("German"); // the name is free again
  });

  it("leaves nothing of a download that broke off before its asset was deleted", async () => {
    const assetId = await readyAsset();
    const { id: trackId = "" } = await mux.video.assets.createTrack(assetId, german);
    const own = soundTrackRef({ environment, assetId, trackId });
    const draft = () => server.services.objects.openDraft(sourceKey(own, 1), fetchDraftId(own.assetId));
    await draft().write(0, Readable.from([Buffer.from("half")]));
    await mux.video.assets.delete(assetId);
    const deletions = async () => (await listJobs(server.db)).filter(({ task }) => task === DELETE_SOUND_TASK).length;
    const before = await deletions();
    await tell(assetId, trackId, { kind: "errored", error: { type: "invalid_input", messages: ["It is gone."] } });
    expect(await deletions()).toBe(before + 2);
    await deleteSoundTask(server.services)({ environment, assetId, trackId }, CONTEXT);
    expect((await draft().received()).contiguousBytes).toBe(0);
  });

  it("counts for no file of the older setting", async () => {
    const assetId = await readyAsset([{ url: VIDEO }, german]);
    await mux.video.assets.updateMP4Support(assetId, { mp4_support: "audio-only,capped-1080p" });
    const files = await server.db
      .selectFrom("static_renditions")
      .select("name")
      .where("asset_id", "=", assetId)
      .orderBy("name")
      .execute();
    expect(files.map(({ name }) => name)).toEqual(["audio.m4a", "capped-1080p.mp4"]);
  });
});
