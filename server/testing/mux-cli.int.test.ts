import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { checkSignedToken } from "../../platform/tokens/signed-token.ts";
import { findSigningKey } from "../auth/signing-keys.ts";
import { sourceOf } from "../video/uploads.ts";
import type { Webhooks } from "../webhooks/start-webhooks.ts";
import { type MuxCli, NO_MUX_CLI, openMuxCli } from "./mux-cli.ts";
import { createFirstTenant } from "./tenant.ts";
import { startTestServer, type TestServer } from "./test-server.ts";
import { applyOutcomeNow, eventsOf, result } from "./video.ts";
import { type ReceivedEvent, type Receiver, startReceiver, startTestWebhooks } from "./webhooks.ts";

/** Long enough for a command to begin and be heard, short enough to be waited for. */
const STREAM_MS = 5_000;
const URL = "https://example.com/film.mp4";

let postgres: TestPostgres;
let server: TestServer;
let webhooks: Webhooks;
let receiver: Receiver;
let first: Awaited<ReturnType<typeof createFirstTenant>>;
let variables: Record<"MUX_BASE_URL" | "MUX_TOKEN_ID" | "MUX_TOKEN_SECRET", string>;
/** Logged in, and told nothing else. */
let mux: MuxCli;
const opened: MuxCli[] = [];

async function open(environment: Record<string, string>): Promise<MuxCli> {
  const one = await openMuxCli(environment);
  opened.push(one);
  return one;
}

async function start(): Promise<void> {
  postgres = await startTestPostgres();
  const databaseUrl = await postgres.createTestDatabase();
  server = await startTestServer({ databaseUrl, startMs: Date.now(), webhookStreamMs: STREAM_MS });
  webhooks = startTestWebhooks(server, databaseUrl);
  receiver = await startReceiver();
  first = await createFirstTenant(server.db);
  const { tokenId: MUX_TOKEN_ID, tokenSecret: MUX_TOKEN_SECRET } = first;
  variables = { MUX_BASE_URL: await server.listen(), MUX_TOKEN_ID, MUX_TOKEN_SECRET };
  mux = await open({ MUX_BASE_URL: variables.MUX_BASE_URL });
  const file = join(mux.home, "credentials");
  await writeFile(file, `MUX_TOKEN_ID=${MUX_TOKEN_ID}\nMUX_TOKEN_SECRET=${MUX_TOKEN_SECRET}\n`);
  expect(await mux.ask("login", "--env-file", file)).toMatchObject({ environment_id: first.environmentId });
}

async function stop(): Promise<void> {
  for (const one of opened) await one.close();
  server.services.webhookTap.close();
  await webhooks.stop();
  await receiver.close();
  await server.stop();
  await postgres.stop();
}

describe.skipIf(NO_MUX_CLI !== null)(NO_MUX_CLI ?? "@mux/cli", () => {
  beforeAll(start);
  afterAll(stop);

  it("knows who it is by variables and by its login, and is refused with a wrong secret", async () => {
    const whoami = { environment_id: first.environmentId, environment_name: first.environmentName };
    expect(await mux.ask("whoami")).toMatchObject(whoami);
    const [byVariables, wrong] = [await open(variables), await open({ ...variables, MUX_TOKEN_SECRET: "x" })];
    expect(await byVariables.ask("whoami")).toMatchObject(whoami);
    const refused = await wrong.run("assets", "list", "--json");
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain("Authentication failed");
  });

  it("makes an asset and waits for it; lists assets, changes and deletes them", async () => {
    const settings = ["-p", "public", "--passthrough", "p", "--video-quality", "plus"];
    const waiting = mux.start("assets", "create", "--url", URL, ...settings, "--wait", "--json");
    const assets = server.db.selectFrom("assets").select("id");
    const { id } = await vi.waitFor(() => assets.executeTakeFirstOrThrow(), 10_000);
    await applyOutcomeNow(server, result(first.environmentId, id));
    expect(await mux.ask("assets", "get", id)).toMatchObject({
      ...{ id, status: "ready", duration: 40.04, video_quality: "plus", passthrough: "p" },
      playback_ids: [{ policy: "public" }],
    });
    const config = join(mux.home, "asset.json");
    await writeFile(config, JSON.stringify({ inputs: [{ url: URL }], meta: { title: "By a file" } }));
    const second = await mux.ask("assets", "create", "--file", config);
    expect(second.meta).toEqual({ title: "By a file" });
    const ids = async (...page: string[]) =>
      (await mux.ask("assets", "list", ...page)).data.map((asset: { id: string }) => asset.id);
    expect((await ids()).sort()).toEqual([id, second.id].sort());
    expect([...(await ids("--limit", "1")), ...(await ids("--limit", "1", "--page", "2"))].sort()).toEqual(
      [id, second.id].sort(),
    );
    await mux.ask("assets", "update", id, "--title", "Changed", "--external-id", "42");
    expect(await mux.ask("assets", "get", id)).toMatchObject({ meta: { title: "Changed", external_id: "42" } });
    expect(await mux.ask("assets", "input-info", id)).toMatchObject([{ file: { container_format: "mp4" } }]);
    expect((await mux.run("assets", "get", id)).stdout).toContain("Passthrough: p");
    const waited = await waiting.ended;
    expect([waited.code, JSON.parse(waited.stdout)]).toMatchObject([0, { id, status: "ready" }]);
    expect(await mux.ask("assets", "delete", id, "--force")).toMatchObject({ success: true });
    const after = await mux.run("assets", "get", id, "--json");
    expect([after.code, JSON.parse(after.stderr).api_response.error.type]).toEqual([1, "not_found"]);
  });

  it("sends a file", async () => {
    const film = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7 + (at >> 9)) % 251));
    await writeFile(join(mux.home, "film.mp4"), film);
    const [sent] = await mux.ask("assets", "create", "--upload", "film.mp4", "-p", "signed", "--yes");
    const { status, asset_id } = await mux.ask("uploads", "get", sent.uploadId);
    expect(status).toBe("asset_created");
    const uploads = server.db.selectFrom("uploads").selectAll();
    const row = await uploads.where("id", "=", sent.uploadId).executeTakeFirstOrThrow();
    const stored = await server.services.objects.read(sourceOf(row).key);
    expect(stored && film.equals(await buffer(stored.body))).toBe(true);
    const { data } = await mux.ask("assets", "list", "--upload-id", sent.uploadId);
    expect(data).toMatchObject([{ id: asset_id, playback_ids: [{ policy: "signed" }] }]);
  });

  it("adds to an asset and takes away: playback ids, tracks, files, the master", async () => {
    const { id } = await mux.ask("assets", "create", "--url", URL);
    await applyOutcomeNow(server, result(first.environmentId, id));
    const playback = await mux.ask("assets", "playback-ids", "create", id, "-p", "signed");
    expect(await mux.ask("assets", "playback-ids", "list", id)).toMatchObject([{ id: playback.id, policy: "signed" }]);
    expect(await mux.ask("playback-ids", playback.id)).toMatchObject({ object: { type: "asset", id } });
    await mux.ask("assets", "playback-ids", "delete", id, playback.id, "--force");
    expect(await mux.ask("assets", "playback-ids", "list", id)).toEqual([]);

    const text = ["--url", "https://example.com/de.vtt", "--type", "text", "--language-code", "de"];
    const track = await mux.ask("assets", "tracks", "create", id, ...text, "--text-type", "subtitles");
    const { tracks } = await mux.ask("assets", "get", id);
    const sound = tracks.find(({ type }: { type: string }) => type === "audio");
    const [written] = await mux.ask("assets", "tracks", "generate-subtitles", id, sound.id, "--name", "Written");
    expect(written).toMatchObject({ name: "Written", text_source: "generated_vod" });
    await mux.ask("assets", "tracks", "delete", id, track.id, "--force");
    const left = (await mux.ask("assets", "get", id)).tracks.map((one: { id: string }) => one.id);
    expect([left.includes(written.id), left.includes(track.id)]).toEqual([true, false]);

    const file = await mux.ask("assets", "static-renditions", "create", id, "-r", "720p");
    expect(file).toMatchObject({ name: "720p.mp4", status: "preparing" });
    expect(JSON.stringify(await mux.ask("assets", "static-renditions", "list", id))).toContain(file.id);
    await mux.ask("assets", "static-renditions", "delete", id, file.id, "--force");
    expect(JSON.stringify(await mux.ask("assets", "static-renditions", "list", id))).not.toContain(file.id);
    const asked = await mux.ask("assets", "update-master-access", id, "--master-access", "temporary");
    expect(asked).toMatchObject({ master_access: "temporary", master: { status: "preparing" } });
  });

  it("creates, lists, gets and cancels uploads", async () => {
    const settings = ["--cors-origin", "https://app.example", "-p", "public", "--timeout", "120"];
    const upload = await mux.ask("uploads", "create", ...settings);
    expect(upload).toMatchObject({
      ...{ status: "waiting", timeout: 120, cors_origin: "https://app.example" },
      new_asset_settings: { playback_policies: ["public"] },
    });
    const { data } = await mux.ask("uploads", "list");
    expect(data.map(({ id }: { id: string }) => id)).toContain(upload.id);
    expect(await mux.ask("uploads", "get", upload.id)).toMatchObject({ status: "waiting", url: upload.url });
    await mux.ask("uploads", "cancel", upload.id, "--force");
    expect(await mux.ask("uploads", "get", upload.id)).toMatchObject({ status: "cancelled" });
  });

  it("creates signing keys, signs with the one it keeps, and deletes it", async () => {
    const key = await mux.ask("signing-keys", "create");
    expect(key).toMatchObject({ saved: true });
    expect(await mux.ask("signing-keys", "get", key.id)).toMatchObject({ created_at: key.created_at });
    expect((await mux.ask("signing-keys", "list")).data).toMatchObject([{ id: key.id, created_at: key.created_at }]);
    const { playback_ids } = await mux.ask("assets", "create", "--url", URL, "-p", "signed");
    const playbackId = playback_ids[0].id;
    const check = async (audience: string, ...how: string[]) => {
      const { stdout } = await mux.run("sign", playbackId, "--token-only", ...how);
      return checkSignedToken(stdout.trim(), {
        audiences: [audience],
        subject: playbackId,
        findKey: (id) => findSigningKey(server.db, id),
        nowMs: Date.now(),
      });
    };
    expect(await check("v")).toMatchObject({ kind: "valid" });
    expect(await check("t", "-t", "thumbnail", "-p", "time=3")).toMatchObject({ kind: "valid", claims: { time: "3" } });
    expect(await check("g", "-t", "gif")).toMatchObject({ kind: "valid" });
    const short = await check("s", "-t", "storyboard", "-e", "1h");
    if (short.kind !== "valid") throw new Error(short.reason);
    expect(Math.abs(short.expiresAtMs - Date.now() - 3_600_000)).toBeLessThan(60_000);
    await mux.ask("signing-keys", "delete", key.id, "--force");
    expect((await mux.ask("signing-keys", "list")).data).toEqual([]);
  });

  it("keeps playback restrictions and transcription vocabularies", async () => {
    const made = await mux.ask("playback-restrictions", "create", "--allowed-domains", "a.example");
    const domains = ["--allowed-domains", "b.example", "--allowed-domains", "*.c.example", "--allow-no-referrer"];
    await mux.ask("playback-restrictions", "update-referrer", made.id, ...domains);
    const agents = ["--allow-no-user-agent", "false", "--allow-high-risk-user-agent", "true"];
    await mux.ask("playback-restrictions", "update-user-agent", made.id, ...agents);
    const restriction = await mux.ask("playback-restrictions", "get", made.id);
    expect(restriction).toMatchObject({
      referrer: { allowed_domains: ["b.example", "*.c.example"], allow_no_referrer: true },
      user_agent: { allow_no_user_agent: false, allow_high_risk_user_agent: true },
    });
    expect((await mux.ask("playback-restrictions", "list")).data).toEqual([restriction]);
    await mux.ask("playback-restrictions", "delete", made.id, "--force");
    expect((await mux.ask("playback-restrictions", "list")).data).toEqual([]);

    const words = await mux.ask("transcription-vocabularies", "create", "--phrase", "CMAF", "--name", "Words");
    await mux.ask("transcription-vocabularies", "update", words.id, "--phrase", "HLS", "--phrase", "DASH");
    const { data } = await mux.ask("transcription-vocabularies", "list");
    expect(data).toMatchObject([{ id: words.id, phrases: ["HLS", "DASH"] }]);
    await mux.ask("transcription-vocabularies", "delete", words.id, "--force");
    expect((await mux.ask("transcription-vocabularies", "list")).data).toEqual([]);
  });

  it("hears what happens, forwards it signed, and listens again when its stream ends", async () => {
    const listening = mux.start("webhooks", "listen", "--forward-to", receiver.address);
    const connected = (times: number) =>
      vi.waitFor(() => expect(listening.stdout().split("Connected to event stream")).toHaveLength(times + 1), 15_000);
    await connected(1);
    const secret = /signing secret: (\w+)/.exec(listening.stdout())?.[1] ?? "";
    const { webhooks: verify } = new Mux({ tokenId: "x", tokenSecret: "y" });
    const heard = async (index: number) => {
      await vi.waitFor(() => expect(receiver.received).toHaveLength(index + 1), 5_000);
      const { body, headers, event } = receiver.received[index] as ReceivedEvent; // it was waited for
      const signature = { "mux-signature": String(headers["mux-signature"]) };
      expect(await verify.unwrap(body, signature, secret)).toEqual(event);
      await expect(async () => verify.unwrap(`${body} `, signature, secret)).rejects.toThrow();
      return event;
    };
    const asset = await mux.ask("assets", "create", "--url", URL);
    const told = await heard(0);
    expect(told).toMatchObject({ type: "video.asset.created", object: { type: "asset", id: asset.id } });
    expect(told.data).toEqual((await eventsOf(server)).find(({ object_id }) => object_id === asset.id)?.data);

    await connected(2);
    const upload = await mux.ask("uploads", "create", "--cors-origin", "*");
    expect(await heard(1)).toMatchObject({ type: "video.upload.created", data: { id: upload.id } });
    listening.interrupt();
    expect((await listening.ended).stdout).toMatch(/2 event\(s\) received.\s+2 forwarded successfully, 0 failed/);
    await vi.waitFor(() => expect(server.services.webhookTap.environmentIds).toEqual([]), 5_000);

    expect((await mux.run("webhooks", "events", "list")).stdout).toContain(told.id);
    await mux.ask("webhooks", "events", "replay", told.id, "--forward-to", receiver.address);
    expect(await heard(2)).toEqual(told);
    await mux.ask("webhooks", "trigger", "video.asset.ready", "--forward-to", receiver.address);
    expect(await heard(3)).toMatchObject({ type: "video.asset.ready", data: { status: "ready" } });
  });

  it("writes what it hears as JSON, one event a line", async () => {
    const listening = mux.start("webhooks", "listen", "--json");
    await vi.waitFor(() => expect(server.services.webhookTap.environmentIds).toHaveLength(1), 5_000);
    const { id } = await mux.ask("uploads", "create", "--cors-origin", "*");
    await vi.waitFor(() => expect(listening.stdout()).toMatch(/\n$/), 5_000);
    expect(JSON.parse(listening.stdout())).toMatchObject({ type: "video.upload.created", object: { id } });
    listening.interrupt();
    await listening.ended;
  });
});
