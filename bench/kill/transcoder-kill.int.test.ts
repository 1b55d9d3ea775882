import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFragments } from "../../domain/mp4/read-fragments.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import { encodersOf } from "../measure/descendants.ts";
import { uploadAndPlay } from "../ready/upload.ts";
import { startVideoStack, type VideoStack } from "../stack/video-stack.ts";

/** 100 s make 26 segments of each rendition. */
const SECONDS = 100;
const KILLS = Number(process.env["TRANSCODER_KILLS"] ?? 2);
/** With fewer left to make, there is not enough work for a kill to meet. */
const ENOUGH = 20;
const REQUESTS = 50;
/** Requests during which encoders are killed. */
const ENCODER_REQUESTS = Number(process.env["ENCODER_REQUESTS"] ?? 50);
/** An encode takes some hundred milliseconds: about every third one is met. */
const ENCODER_KILL_EVERY_MS = 250;
const run = promisify(execFile);

let folder: string;
let stack: VideoStack;
let segments: string[];
/** Of the rendition read last; enough to read the boxes of any segment. */
let init: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-kill-"));
  const film = join(folder, "film.mp4");
  const picture = `testsrc2=size=640x360:rate=25:duration=${SECONDS},noise=alls=8:allf=t`;
  const encode = ["-c:v", "libx264", "-preset", "superfast", "-g", "50", "-pix_fmt", "yuv420p", "-b:v", "1500k"];
  await run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", picture, ...encode, film]);
  stack = await startVideoStack({ variables: { TRANSCODER_FILL: "0" } }); // work shall be left for the kills
  const { assetId } = await uploadAndPlay(stack, film);
  const playbackId = await playbackIdOf(assetId);
  segments = await segmentsOf(`${stack.stream}/${playbackId}.m3u8`);
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("a transcoder that is killed", () => {
  it(
    `during ${REQUESTS} requests leaves no viewer with a short or wrong segment, and all are served afterwards`,
    async () => {
      expect(segments.length).toBeGreaterThanOrEqual(REQUESTS);
      const served = new Set<string>();
      const seen = new Map<string, string>();
      const statuses = new Map<number, number>();
      let killsInWork = 0;
      for (let kill = 0; kill < KILLS; kill += 1) {
        const missing = segments.filter((url) => !served.has(url));
        if (missing.length < ENOUGH) await forget(served);
        const asking = Promise.all(
          segments.filter((url) => !served.has(url)).map((url) => ask(url, served, seen, statuses)),
        );
        await sleep(150 + (kill % 8) * 130); // another place in the work each time
        if (served.size < segments.length) killsInWork += 1;
        await stack.end("transcoder", "SIGKILL");
        await stack.start("transcoder");
        await asking;
      }
      await expect.poll(() => askAll(served, seen, statuses), { timeout: 60_000, interval: 500 }).toBe(segments.length);
      expect(killsInWork).toBeGreaterThanOrEqual(KILLS / 2);
      expect([...statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([]);
      await expectStoredAsServed(seen);
    },
    120_000 + KILLS * 20_000,
  );

  it(
    `whose encoders are killed at random during ${ENCODER_REQUESTS} requests sends nothing short or wrong`,
    async () => {
      const served = new Set(segments);
      const seen = new Map<string, string>();
      const statuses = new Map<number, number>();
      let kills = 0;
      const killing = setInterval(() => {
        const encoders = encodersOf(stack.pid("transcoder"));
        const victim = encoders[kills % Math.max(1, encoders.length)];
        if (victim !== undefined && endIfThere(victim)) kills += 1;
      }, ENCODER_KILL_EVERY_MS);
      try {
        for (let asked = 0; asked < ENCODER_REQUESTS; ) {
          const missing = segments.filter((url) => !served.has(url));
          if (missing.length < ENOUGH) await forget(served);
          const wanted = segments.filter((url) => !served.has(url)).slice(0, ENCODER_REQUESTS - asked);
          await Promise.all(wanted.map((url) => ask(url, served, seen, statuses)));
          asked += wanted.length;
        }
      } finally {
        clearInterval(killing);
      }
      expect(kills).toBeGreaterThan(ENCODER_REQUESTS / 20);
      await expect.poll(() => askAll(served, seen, statuses), { timeout: 60_000, interval: 500 }).toBe(segments.length);
      expect([...statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([]);
      await expectStoredAsServed(seen);
    },
    120_000 + ENCODER_REQUESTS * 2_000,
  );

  it("leaves what is stored playing, and the rest is 503 with Retry-After", async () => {
    const objects = openFolderObjects(stack.objectsDir);
    const [stored = "", gone = ""] = segments.slice(-2);
    const key = await keyOf(gone);
    await objects.delete(key);
    await stack.end("delivery", "SIGTERM"); // and what it keeps in memory
    await stack.end("transcoder", "SIGTERM");
    await stack.start("delivery");
    expect((await fetch(stored)).status).toBe(200);
    const missing = await fetch(gone);
    expect(missing.status).toBe(503);
    expect(Number(missing.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(missing.headers.get("cache-control")).toBe("no-store");
    await stack.start("transcoder");
    await expect.poll(async () => (await fetch(gone)).status, { timeout: 20_000 }).toBe(200);
  }, 60_000);
});

/** Asks once; a whole 200 is remembered by its hash, and must be the same every time. */
async function ask(
  url: string,
  served: Set<string>,
  seen: Map<string, string>,
  statuses: Map<number, number>,
): Promise<void> {
  const answer = await fetch(url);
  const body = Buffer.from(await answer.arrayBuffer());
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  if (answer.status !== 200) {
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    return;
  }
  expect(body.length).toBe(Number(answer.headers.get("content-length")));
  expect(pictures(body)).toBeGreaterThan(0);
  const hash = createHash("sha256").update(body).digest("hex");
  expect(seen.get(url) ?? hash).toBe(hash);
  seen.set(url, hash);
  served.add(url);
}

/** Every other stored segment of the encoded rendition is gone, from the store and from delivery's memory. */
async function forget(served: Set<string>): Promise<void> {
  const objects = openFolderObjects(stack.objectsDir);
  for (const [n, url] of segments.entries()) {
    if (n % 2 === 0 || !served.delete(url)) continue;
    await objects.delete(await keyOf(url));
  }
  await stack.end("delivery", "SIGKILL");
  await stack.start("delivery");
}

async function askAll(served: Set<string>, seen: Map<string, string>, statuses: Map<number, number>): Promise<number> {
  await Promise.all(segments.filter((url) => !served.has(url)).map((url) => ask(url, served, seen, statuses)));
  return served.size;
}

/** Throws unless the segment is whole: every sample that it names is in it. */
function pictures(segment: Buffer): number {
  return readFragments(Buffer.concat([init, segment])).samples.length;
}

async function expectStoredAsServed(seen: ReadonlyMap<string, string>): Promise<void> {
  const stored = new Set<string>();
  for await (const { sha256 } of openFolderObjects(stack.objectsDir).list("")) stored.add(sha256);
  for (const hash of seen.values()) expect(stored.has(hash)).toBe(true);
}

async function keyOf(segmentUrl: string): Promise<string> {
  const [, , , , planId, rendition, name] = new URL(segmentUrl).pathname.split("/");
  for await (const { key } of openFolderObjects(stack.objectsDir).list("")) {
    if (key.endsWith(`/${planId}/${rendition}/${name?.replace(".m4s", "")}`)) return key;
  }
  throw new Error(`${segmentUrl} is not stored`);
}

function endIfThere(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false; // it has just ended
  }
}

async function playbackIdOf(assetId: string): Promise<string> {
  const answer = await fetch(`${stack.api}/video/v1/assets/${assetId}`, {
    headers: { authorization: stack.authorization },
  });
  const { data } = (await answer.json()) as { data: { playback_ids: { id: string }[] } };
  return data.playback_ids[0]?.id ?? "";
}

/** Every segment of every rendition, as the playlists name them; also reads an init segment. */
async function segmentsOf(multivariant: string): Promise<string[]> {
  const found: string[] = [];
  for (const playlist of uris(await (await fetch(multivariant)).text(), multivariant)) {
    const text = await (await fetch(playlist)).text();
    found.push(...uris(text, playlist));
    const map = new URL(/#EXT-X-MAP:URI="([^"]+)"/.exec(text)?.[1] ?? "", playlist);
    init = Buffer.from(await (await fetch(map)).arrayBuffer());
  }
  return found;
}

function uris(playlist: string, base: string): string[] {
  const lines = playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => new URL(line, base).href);
}
