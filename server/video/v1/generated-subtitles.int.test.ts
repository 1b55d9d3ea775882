import Mux from "@mux/mux-node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TRANSCRIBE_TASK, type TrackOutcome } from "../../../domain/asset/text-track.ts";
import { listJobs } from "../../../platform/jobs/testing.ts";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { createFirstTenant } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { applyOutcomeNow, eventsOf, READY, result } from "../../testing/video.ts";
import { applyTrackResultTask } from "../apply-track-result.ts";

const URL = "https://example.com/a.mp4";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

let server: TestServer;
let environment: string;
let mux: Mux;
beforeEach(async () => {
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  const { tokenId, tokenSecret, environmentId } = await createFirstTenant(server.db);
  environment = environmentId;
  mux = new Mux({ tokenId, tokenSecret, baseURL: await server.listen(), maxRetries: 0 });
});
afterEach(() => server.stop());

const sounds = ["English", "Deutsch"].map((name, at) => ({
  ...{ channels: 2, durationSeconds: 40, name, language: ["en", "de"][at] ?? null },
}));

/** An asset with two sounds; gives its id and those of the sounds. */
async function readyAsset(): Promise<{ id: string; first: string; second: string }> {
  const { id } = await mux.video.assets.create({ inputs: [{ url: URL }] });
  if (READY.kind !== "ready") throw new Error("not ready");
  await applyOutcomeNow(server, result(environment, id, { ...READY, facts: { ...READY.facts, sounds } }));
  const { tracks = [] } = await mux.video.assets.retrieve(id);
  const idOf = (name: string): string => tracks.find((track) => track.name === name)?.id ?? "";
  return { id, first: idOf("English"), second: idOf("Deutsch") };
}

async function textsOf(assetId: string): Promise<Mux.Video.Track[]> {
  const { tracks = [] } = await mux.video.assets.retrieve(assetId);
  return tracks.filter(({ type }) => type === "text");
}

/** As a transcoder tells it. */
function tell(assetId: string, trackId: string, outcome: TrackOutcome): Promise<void> {
  const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
  return applyTrackResultTask(server.services)({ environment, assetId, trackId, outcome }, context);
}

async function jobsOf(...ids: (string | undefined)[]): Promise<(string | null)[]> {
  const jobs = (await listJobs(server.db)).filter(({ task }) => task === TRANSCRIBE_TASK);
  return jobs.map(({ key }) => key).filter((key) => ids.some((id) => key === `${TRANSCRIBE_TASK}:${id}`));
}

function soundSeen(trackId: string | undefined) {
  return server.db
    .selectFrom("transcoder_text_tracks")
    .select(["text_source", "language_code", "sound_name", "sound_language_code", "active"])
    .where("track_id", "=", trackId ?? "")
    .executeTakeFirst();
}

async function trackEvents(): Promise<string[]> {
  const events = (await eventsOf(server)).filter(({ type }) => type.startsWith("video.asset.track."));
  return events.map(({ type }) => type.replace("video.asset.track.", ""));
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof Mux.APIError)) throw new Error("was not refused", { cause: error });
  return `${error.status} ${error.message}`;
}

describe("POST generate-subtitles", () => {
  it("makes tracks that prepare, tells of them, and has that sound written down", async () => {
    const { id, second } = await readyAsset();
    const generated_subtitles = [{ language_code: "en" as const, name: "Written", passthrough: "p" }, {}];
    const tracks = await mux.video.assets.generateSubtitles(id, second, { generated_subtitles });
    const shown = { type: "text", status: "preparing", text_type: "subtitles", text_source: "generated_vod" };
    expect(tracks).toEqual([
      { ...shown, id: expect.any(String), language_code: "en", name: "Written", passthrough: "p" },
      { ...shown, id: expect.any(String), language_code: "en", name: "English" },
    ]);
    expect(await textsOf(id)).toEqual(tracks);
    expect(await trackEvents()).toEqual(["created", "created"]);
    expect(await jobsOf(...tracks.map((track) => track.id))).toHaveLength(2);
    expect(await soundSeen(tracks[0]?.id)).toEqual({
      ...{ text_source: "generated_vod", language_code: "en", sound_name: "Deutsch", sound_language_code: "de" },
      active: true,
    });
  });

  it("refuses what cannot be written down, and says why", async () => {
    const { id, first } = await readyAsset();
    const { tracks = [] } = await mux.video.assets.retrieve(id);
    const picture = tracks.find(({ type }) => type === "video")?.id ?? "";
    const ask = (trackId: string, ...generated_subtitles: object[]) =>
      mux.video.assets.generateSubtitles(id, trackId, { generated_subtitles });
    expect(await refusal(ask(picture, {}))).toMatch(/400 .*is video: only audio/);
    expect(await refusal(ask("0".repeat(44), {}))).toMatch(/404 /);
    expect(await refusal(ask(first, { language_code: "tlh" }))).toMatch(/400 .*tlh.* is none of en, es/);
    expect(await refusal(ask(first))).toMatch(/400 .*generated_subtitles/);
    await ask(first, { name: "Taken" });
    expect(await refusal(ask(first, { name: "Taken" }))).toMatch(/400 .*name: another/);
    expect(await refusal(ask(first, { name: "Twice" }, { name: "Twice" }))).toMatch(/400 .*name: another/);
    expect(await textsOf(id)).toHaveLength(1);
  });

  it("tells the language that was found, and what went wrong", async () => {
    const { id, first } = await readyAsset();
    const wanted = [{ language_code: "auto" as const }, { language_code: "de" as const }];
    const [auto, german] = await mux.video.assets.generateSubtitles(id, first, { generated_subtitles: wanted });
    expect([auto?.language_code, auto?.name, german?.name]).toEqual(["auto", "English", "German"]);
    const error = { type: "transcription_failed" as const, messages: ["Only English"] };
    for (let time = 0; time < 2; time += 1) {
      await tell(id, auto?.id ?? "", { kind: "ready", languageCode: "en" });
      await tell(id, german?.id ?? "", { kind: "errored", error });
    }
    expect(await textsOf(id)).toMatchObject([
      { status: "ready", language_code: "en" },
      { status: "errored", language_code: "de", error },
    ]);
    expect(await trackEvents()).toEqual(["created", "created", "ready", "errored"]);
  });
});

describe("captions to be written down that are asked for with the asset", () => {
  const wanted = { generated_subtitles: [{ language_code: "en" as const, name: "Written" }] };
  const given = { url: "https://example.com/en.srt", type: "text" as const, language_code: "en" };

  it("are tracks from the start, and begin when the sound is known", async () => {
    const asset = await mux.video.assets.create({ inputs: [{ url: URL, ...wanted }, given] });
    const tracks = asset.tracks ?? [];
    expect(tracks.map(({ name, text_source }) => [name, text_source])).toEqual([
      ["English", "uploaded"],
      ["Written", "generated_vod"],
    ]);
    const trackId = tracks[1]?.id;
    expect(await jobsOf(trackId)).toEqual([]);
    expect(await soundSeen(trackId)).toMatchObject({ sound_name: null });

    if (READY.kind !== "ready") throw new Error("not ready");
    const facts = { ...READY.facts, sounds };
    for (let time = 0; time < 2; time += 1)
      await applyOutcomeNow(server, result(environment, asset.id, { ...READY, facts }));
    expect(await jobsOf(trackId)).toHaveLength(1);
    expect(await soundSeen(trackId)).toMatchObject({ sound_name: "English", sound_language_code: "en" });
    const [info] = await mux.video.assets.retrieveInputInfo(asset.id);
    expect(info?.settings).toMatchObject(wanted);
  });

  it("end with an asset that cannot be played", async () => {
    const { id } = await mux.video.assets.create({ inputs: [{ url: URL, ...wanted }] });
    const error = { type: "invalid_input" as const, messages: ["No media"] };
    await applyOutcomeNow(server, result(environment, id, { kind: "errored", error }));
    expect(await textsOf(id)).toMatchObject([{ status: "errored", error: { type: "transcription_failed" } }]);
    expect(await trackEvents()).toEqual(["created", "errored"]);
  });

  it("come with an upload's settings too", async () => {
    const upload = await mux.video.uploads.create({ cors_origin: "*", new_asset_settings: { inputs: [wanted] } });
    expect(upload.new_asset_settings).toMatchObject({ inputs: [wanted] });
    const wrong = { inputs: [{ generated_subtitles: [{ language_code: "tlh" as "en" }] }] };
    expect(await refusal(mux.video.uploads.create({ cors_origin: "*", new_asset_settings: wrong }))).toMatch(
      /400 .*new_asset_settings\.inputs\[0\]\.generated_subtitles\[0\]\.language_code/,
    );
  });
});
