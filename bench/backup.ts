import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ffmpeg } from "../transcoder/testing/sound-film.ts";
import { uploadAndPlay } from "./ready/upload.ts";
import { ROOT } from "./stack/processes.ts";
import { type Access, startPlayheadOn } from "./stack/start-playhead.ts";

/**
 * A backup of a whole Playhead that goes on taking films in, and its return into a new one: the same access token, assets and views,
 * and the same bytes of a segment.
 *
 *     node bench/backup.ts
 */
const VIEWERS = 20;
const VIEWED_MINUTES = 0.5;
const BEFORE = 3;

const folder = await mkdtemp(join(tmpdir(), "playhead-backup-trial-"));
const [old, fresh, backup] = ["old", "fresh", "backup"].map((name) => join(folder, name)) as [string, string, string];
const complaints: string[] = [];
try {
  const film = join(folder, "film.mp4");
  await makeFilm(film);
  const before = await liveAndSave(film);
  await bringBack(before);
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const complaint of complaints) console.log(`✗ ${complaint}`);
console.log(complaints.length === 0 ? "all came back" : `${complaints.length} things wrong`);
process.exitCode = complaints.length === 0 ? 0 : 1;

/** What has to be there again. */
interface Before {
  access: Access;
  assetIds: string[];
  views: number;
  playbackId: string;
  segmentHash: string;
}

async function liveAndSave(film: string): Promise<Before> {
  const playhead = await startPlayheadOn(old);
  const { access } = playhead;
  console.log("a Playhead runs");
  const assetIds: string[] = [];
  let playbackId = "";
  for (let n = 0; n < BEFORE; n += 1) {
    const taken = await uploadAndPlay(clientOf(access), film);
    assetIds.push(taken.assetId);
    playbackId = taken.playbackId;
  }
  await run("scripts/simulate.ts", ["--viewers", String(VIEWERS), "--minutes", String(VIEWED_MINUTES), "--data", old]);
  const views = await settledViews(access);
  console.log(`${assetIds.length} films and ${views} views are there`);
  const segmentHash = await hashOfFirstSegment(access, playbackId);

  const goingOn = new AbortController();
  const meanwhile = (async () => {
    let taken = 0;
    for (; !goingOn.signal.aborted; taken += 1) await uploadAndPlay(clientOf(access), film);
    return taken;
  })();
  await run("scripts/backup.ts", ["save", backup, "--data", old]);
  goingOn.abort();
  console.log(`${await meanwhile} films came in meanwhile`);
  await playhead.stop();
  return { access, assetIds, views, playbackId, segmentHash };
}

async function bringBack(before: Before): Promise<void> {
  const empty = await startPlayheadOn(fresh);
  await run("scripts/backup.ts", ["restore", backup, "--data", fresh]);
  await empty.stop();
  const playhead = await startPlayheadOn(fresh);
  const { tokenId, tokenSecret } = before.access;
  const access = { ...playhead.access, tokenId, tokenSecret };
  try {
    for (const id of before.assetIds) {
      const asset = await ask<{ status: string }>(access, `/video/v1/assets/${id}`);
      if (asset.data?.status !== "ready")
        complaints.push(`asset ${id} is not ready: ${JSON.stringify(asset).slice(0, 200)}`);
    }
    const views = await countViews(access);
    if (views < before.views) complaints.push(`${views} views are there, ${before.views} were`);
    if ((await hashOfFirstSegment(access, before.playbackId)) !== before.segmentHash)
      complaints.push("a segment has other bytes");
    await uploadAndPlay(clientOf(access), join(folder, "film.mp4"));
  } finally {
    await playhead.stop();
  }
}

function clientOf({ api, stream, tokenId, tokenSecret }: Access) {
  return { api, stream, authorization: `Basic ${Buffer.from(`${tokenId}:${tokenSecret}`).toString("base64")}` };
}

async function ask<T>(access: Access, path: string): Promise<{ data?: T; total_row_count?: number }> {
  const { api, authorization } = clientOf(access);
  const answer = await fetch(api + path, { headers: { authorization } });
  return (await answer.json()) as { data?: T; total_row_count?: number };
}

async function countViews(access: Access): Promise<number> {
  const now = Math.floor(Date.now() / 1_000);
  const listed = await ask(access, `/data/v1/video-views?limit=1&timeframe[]=${now - 3_600}&timeframe[]=${now + 60}`);
  return listed.total_row_count ?? 0;
}

/** Once as many are told twice. */
async function settledViews(access: Access): Promise<number> {
  for (let [last, views] = [-1, 0]; ; last = views) {
    views = await countViews(access);
    if (views > 0 && views === last) return views;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
}

async function hashOfFirstSegment({ stream }: Access, playbackId: string): Promise<string> {
  const lineOf = async (url: string): Promise<string> => {
    const text = await (await fetch(url)).text();
    const line = text.split("\n").find((one) => one !== "" && !one.startsWith("#"));
    if (line === undefined) throw new Error(`${url} names nothing: ${text.slice(0, 200)}`);
    return new URL(line, url).href;
  };
  const segment = await lineOf(await lineOf(`${stream}/${playbackId}.m3u8`));
  const answer = await fetch(segment);
  if (answer.status !== 200) throw new Error(`${segment} was answered ${answer.status}`);
  return createHash("sha256")
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest("hex");
}

async function run(script: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, script), ...args], { stdio: "inherit" });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
}

async function makeFilm(file: string): Promise<void> {
  const input = [
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=640x360:rate=25:duration=12",
    "-f",
    "lavfi",
    "-i",
    "sine=duration=12",
  ];
  await ffmpeg(
    ...input,
    "-c:v",
    "libx264",
    "-preset",
    "superfast",
    "-g",
    "50",
    "-pix_fmt",
    "yuv420p",
    "-c:a",
    "aac",
    file,
  );
}
