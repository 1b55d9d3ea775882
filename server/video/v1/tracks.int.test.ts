import Mux from "@mux/mux-node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { READ_EMBEDDED_TASK, READ_TEXT_TASK, type TrackOutcome } from "../../../domain/asset/text-track.ts";
import { captionsKey, sentTextKey } from "../../../domain/media/object-keys.ts";
import { listJobs } from "../../../platform/jobs/testing.ts";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { createFirstTenant } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { applyOutcomeNow, eventsOf, result } from "../../testing/video.ts";
import { applyTrackResultTask } from "../apply-track-result.ts";
import { DELETE_TEXT_TASK, deleteTextTask } from "../delete-asset.ts";

const ID = /^[A-Za-z0-9]{44}$/;
const VIDEO = "https://example.com/a.mp4";
const CONTEXT = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };

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

const english = { url: "https://example.com/en.srt", type: "text" as const, language_code: "en" };

async function readyAsset(): Promise<string> {
  const { id } = await mux.video.assets.create({ inputs: [{ url: VIDEO }] });
  await applyOutcomeNow(server, result(environment, id));
  return id;
}

/** As a transcoder tells it. */
function tell(assetId: string, trackId: string, outcome: TrackOutcome): Promise<void> {
  return applyTrackResultTask(server.services)({ environment, assetId, trackId, outcome }, CONTEXT);
}

async function textsOf(assetId: string): Promise<Mux.Video.Track[]> {
  const { tracks = [] } = await mux.video.assets.retrieve(assetId);
  return tracks.filter(({ type }) => type === "text");
}

async function trackEvents() {
  return (await eventsOf(server)).filter(({ type }) => type.startsWith("video.asset.track."));
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof Mux.APIError)) throw new Error("was not refused", { cause: error });
  return `${error.status} ${error.message}`;
}

describe("POST tracks", () => {
  it("makes a track that prepares, tells of it, has it read, and makes it ready once", async () => {
    const assetId = await readyAsset();
    const wanted = {
      ...english,
      name: "For all",
      closed_captions: true,
      passthrough: "p",
      text_type: "subtitles" as const,
    };
    const track = await mux.video.assets.createTrack(assetId, wanted);
    const shown = {
      id: expect.stringMatching(ID),
      type: "text",
      status: "preparing",
      language_code: "en",
      name: "For all",
      text_type: "subtitles",
      text_source: "uploaded",
      closed_captions: true,
      passthrough: "p",
    };
    expect(track).toEqual(shown);
    const reading = (await listJobs(server.db)).filter(({ task }) => task === READ_TEXT_TASK);
    expect(reading).toMatchObject([{ key: `${READ_TEXT_TASK}:${track.id}` }]);

    for (let time = 0; time < 2; time += 1) await tell(assetId, track.id ?? "", { kind: "ready" });
    expect(await textsOf(assetId)).toEqual([{ ...shown, status: "ready" }]);
    const data = { ...shown, asset_id: assetId };
    expect(await trackEvents()).toEqual([
      { type: "video.asset.track.created", object_id: track.id, data },
      { type: "video.asset.track.ready", object_id: track.id, data: { ...data, status: "ready" } },
    ]);
  });

  it("names tracks by their language, each differently", async () => {
    const assetId = await readyAsset();
    const names: (string | undefined)[] = [];
    for (const language_code of ["en", "en", "de-AT", "tlh", "abcdefgh", "qqq-Zzzz-1234"]) {
      names.push((await mux.video.assets.createTrack(assetId, { ...english, language_code })).name);
    }
    expect(names.slice(0, 3)).toEqual(["English", "English 2", "Austrian German"]);
    expect(new Set(names).size).toBe(6);
  });

  it("refuses what cannot be a track, and says why", async () => {
    const assetId = await readyAsset();
    const preparing = await mux.video.assets.create({ inputs: [{ url: VIDEO }] });
    await mux.video.assets.createTrack(assetId, { ...english, name: "Taken" });
    const { createTrack } = mux.video.assets;
    const create = createTrack.bind(mux.video.assets);
    expect(await refusal(create(preparing.id, english))).toMatch(/400 .*preparing/);
    expect(await refusal(create(assetId, { ...english, name: "Taken" }))).toMatch(/400 .*name: another/);
    expect(await refusal(create(assetId, { ...english, url: "ftp://example.com/a" }))).toMatch(/400 .*url: /);
    expect(await refusal(create(assetId, { ...english, language_code: "English (US)" }))).toMatch(
      /400 .*language_code/,
    );
    expect(await refusal(create("0".repeat(44), english))).toMatch(/404 /);
    expect(await textsOf(assetId)).toHaveLength(1);
  });
});

describe("a text track", () => {
  it("that cannot be read is errored, and the asset stays as it is", async () => {
    const assetId = await readyAsset();
    const { id = "" } = await mux.video.assets.createTrack(assetId, english);
    const error = { type: "invalid_input" as const, messages: ["Line 3: no"] };
    await tell(assetId, id, { kind: "errored", error });
    await tell(assetId, id, { kind: "ready" });
    expect(await textsOf(assetId)).toMatchObject([{ status: "errored", error }]);
    expect((await mux.video.assets.retrieve(assetId)).status).toBe("ready");
    expect((await trackEvents()).at(-1)).toMatchObject({
      type: "video.asset.track.errored",
      data: { asset_id: assetId, status: "errored", error },
    });
  });

  it("that is deleted is gone with what is stored, also when its text comes later", async () => {
    const assetId = await readyAsset();
    const { id = "" } = await mux.video.assets.createTrack(assetId, english);
    await mux.video.assets.deleteTrack(assetId, id);
    expect(await textsOf(assetId)).toEqual([]);
    expect(await refusal(mux.video.assets.deleteTrack(assetId, id))).toMatch(/404 /);
    expect((await trackEvents()).at(-1)).toMatchObject({
      type: "video.asset.track.deleted",
      data: { status: "deleted" },
    });

    const ref = { environment, assetId, trackId: id };
    for (const key of [captionsKey(ref), sentTextKey(ref)]) await server.services.objects.put(key, Buffer.from("x"));
    await tell(assetId, id, { kind: "ready" });
    const jobs = (await listJobs(server.db)).filter(({ task }) => task === DELETE_TEXT_TASK);
    expect(jobs.length).toBeGreaterThanOrEqual(4); // two after each
    await deleteTextTask(server.services.objects)(ref, CONTEXT);
    for (const key of [captionsKey(ref), sentTextKey(ref)]) expect(await server.services.objects.head(key)).toBeNull();
    expect((await mux.video.assets.createTrack(assetId, english)).name).toBe("English"); // the name is free again
  });

  it("changes its facts and nothing else", async () => {
    const assetId = await readyAsset();
    const { id = "" } = await mux.video.assets.createTrack(assetId, { ...english, passthrough: "p" });
    await mux.video.assets.createTrack(assetId, { ...english, name: "Other" });
    const changed = await mux.video.assets.updateTrack(assetId, id, {
      name: "New",
      language_code: "en-GB",
      passthrough: "",
    });
    expect(changed).toMatchObject({ id, name: "New", language_code: "en-GB", closed_captions: false });
    expect(changed).not.toHaveProperty("passthrough");
    expect(await refusal(mux.video.assets.updateTrack(assetId, id, { name: "Other" }))).toMatch(/400 .*name/);
    expect((await mux.video.assets.updateTrack(assetId, id, { name: "New" })).name).toBe("New");
  });
});

describe("picture and sound", () => {
  it("are neither deleted nor changed", async () => {
    const assetId = await readyAsset();
    const { tracks = [] } = await mux.video.assets.retrieve(assetId);
    for (const { id = "", type = "" } of tracks) {
      expect(await refusal(mux.video.assets.deleteTrack(assetId, id))).toMatch(new RegExp(`400 .*${type}`));
      expect(await refusal(mux.video.assets.updateTrack(assetId, id, { name: "x" }))).toMatch(/400 /);
    }
  });
});

describe("captions with the asset", () => {
  it("are tracks from the start, told after the asset, and become ready on their own", async () => {
    const others = ["de", "fr", "it"].map((language_code) => ({ ...english, language_code }));
    const inputs = [{ url: VIDEO }, { ...english, name: "Given" }, ...others];
    const asset = await mux.video.assets.create({ inputs });
    expect(asset.tracks?.map(({ name, status }) => [name, status])).toEqual([
      ["Given", "preparing"],
      ["German", "preparing"],
      ["French", "preparing"],
      ["Italian", "preparing"],
    ]);
    const [first, ...rest] = (await eventsOf(server)).map(({ type }) => type);
    expect([first, new Set(rest), rest.length]).toEqual([
      "video.asset.created",
      new Set(["video.asset.track.created"]),
      4,
    ]);
    await tell(asset.id, asset.tracks?.[0]?.id ?? "", { kind: "ready" });
    expect((await textsOf(asset.id)).map(({ status }) => status)).toEqual(["ready", ...others.map(() => "preparing")]);
    const infos = await mux.video.assets.retrieveInputInfo(asset.id);
    expect(infos.map(({ settings }) => settings?.url)).toEqual(inputs.map(({ url }) => url));
  });

  it("are refused by their place where something is wrong", async () => {
    const create = (...texts: object[]) => mux.video.assets.create({ inputs: [{ url: VIDEO }, ...texts] });
    expect(await refusal(create({ ...english, language_code: undefined }))).toMatch(/inputs\[1\]\.language_code/);
    expect(await refusal(create(english, { ...english, url: "x" }))).toMatch(/inputs\[2\]\.url/);
    expect(await refusal(create({ ...english, name: "a" }, { ...english, name: "a" }))).toMatch(/inputs\[2\]\.name/);
    expect(await refusal(create({ ...english, text_type: "chapters" }))).toMatch(/inputs\[1\]\.text_type/);
  });
});

describe("captions in the source", () => {
  it("are looked for once the asset is ready, and become a ready track when there are some", async () => {
    const assetId = await readyAsset();
    const jobs = (await listJobs(server.db)).filter(({ task }) => task === READ_EMBEDDED_TASK);
    expect(jobs).toMatchObject([{ key: `${READ_EMBEDDED_TASK}:${assetId}` }]);
    const trackId = "a".repeat(40);
    for (let time = 0; time < 2; time += 1) await tell(assetId, trackId, { kind: "embedded", channel: "CC1" });
    expect(await textsOf(assetId)).toEqual([
      {
        id: trackId,
        type: "text",
        status: "ready",
        language_code: "und",
        name: "CC1",
        text_type: "subtitles",
        text_source: "embedded",
        closed_captions: true,
      },
    ]);
    expect((await trackEvents()).map(({ type }) => type)).toEqual([
      "video.asset.track.created",
      "video.asset.track.ready",
    ]);
    await mux.video.assets.deleteTrack(assetId, trackId);
    await tell(assetId, trackId, { kind: "embedded", channel: "CC1" });
    expect(await textsOf(assetId)).toEqual([]);
  });
});
