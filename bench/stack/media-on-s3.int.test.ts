import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type S3Double, startS3Double } from "../../platform/objects/testing/s3-double.ts";
import { startVideoStack, type VideoStack } from "./video-stack.ts";

/** More than a part of a multipart upload. */
const SECONDS = 12;
const KBITS = 9_000;
const FIRST_BYTES = 9_000_000;
const PATIENCE_MS = 60_000;
const run = promisify(execFile);

let folder: string;
let film: Buffer;
let double: S3Double;
let stack: VideoStack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-s3-film-"));
  const path = join(folder, "film.mp4");
  const picture = `testsrc2=size=640x360:rate=25:duration=${SECONDS},noise=alls=60:allf=t`;
  const encode = ["-c:v", "libx264", "-preset", "superfast", "-g", "50", "-pix_fmt", "yuv420p", "-b:v", `${KBITS}k`];
  await run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", picture, ...encode, path]);
  film = await readFile(path);
  double = await startS3Double();
  stack = await startVideoStack({ variables: { OBJECTS_URL: double.url } });
});
afterAll(async () => {
  await stack.stop();
  await double.close();
  await rm(folder, { recursive: true, force: true });
});

describe("server, transcoder and delivery on a bucket", () => {
  it("go on with an upload after a kill, make it ready, serve every segment, and leave nothing of it", async () => {
    expect(film.length).toBeGreaterThan(FIRST_BYTES);
    const upload = await created();
    expect((await send(upload.url, 0, FIRST_BYTES)).status).toBe(308);
    await stack.end("server", "SIGKILL");
    await stack.start("server");
    const asked = await send(upload.url, 0, 0);
    expect([asked.status, asked.headers.get("range")]).toEqual([308, `bytes=0-${FIRST_BYTES - 1}`]);
    expect((await send(upload.url, FIRST_BYTES, film.length)).status).toBe(200);
    const asset = await ready(upload.id);
    const urls = await segmentsOf(`${stack.stream}/${asset.playbackId}.m3u8`);
    const served = await Promise.all(urls.map(segment));
    expect(served.length).toBeGreaterThan(4);
    const stored = [...double.store.objects].filter(([key]) => key.includes(`/${asset.id}/`));
    for (const bytes of served) expect(stored.some(([, one]) => one.bytes.equals(bytes))).toBe(true);
    expect(stored.some(([key, { bytes }]) => key.includes("@large") && bytes.equals(film))).toBe(true);
    expect([...double.store.objects.keys()].filter((key) => key.includes("@drafts"))).toEqual([]);
    expect(await readdir(stack.objectsDir)).toEqual(["@work"]);

    const headers = { authorization: stack.authorization };
    await fetch(`${stack.api}/video/v1/assets/${asset.id}`, { method: "DELETE", headers });
    const left = () => [...double.store.objects.keys()].filter((key) => key.includes(asset.id));
    await expect.poll(left, { timeout: 20_000 }).toEqual([]);
  }, 180_000);

  it("answer 503 while the bucket is away, and go on when it is back", async () => {
    const upload = await created();
    expect((await send(upload.url, 0, 1_000)).status).toBe(308);
    double.fault = () => ({ kind: "cut before" });
    const refused = await send(upload.url, 1_000, 2_000);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await fetch(`http://127.0.0.1:${stack.ports.server + 100}/readyz`)).status).toBe(503);
    double.fault = () => null;
    expect((await send(upload.url, 1_000, film.length)).status).toBe(200);
    const { playbackId } = await ready(upload.id);
    const multivariant = `${stack.stream}/${playbackId}.m3u8`;
    const [url = ""] = await segmentsOf(multivariant);
    double.fault = () => ({ kind: "cut before" });
    const missing = await fetch(url);
    expect(missing.status).toBe(503);
    expect(Number(missing.headers.get("retry-after"))).toBeGreaterThan(0);
    double.fault = () => null;
    await segment(url);
  }, 180_000);
});

async function created(): Promise<{ id: string; url: string }> {
  const headers = { authorization: stack.authorization, "content-type": "application/json" };
  const body = JSON.stringify({ cors_origin: "*", new_asset_settings: { playback_policies: ["public"] } });
  const answer = await fetch(`${stack.api}/video/v1/uploads`, { method: "POST", headers, body });
  const { data } = (await answer.json()) as { data: { id: string; url: string } };
  return data;
}

/** Bytes [start, end) of the film; without any it asks how far the upload is. */
function send(url: string, start: number, end: number): Promise<Response> {
  const range = start === end ? "*" : `${start}-${end - 1}`;
  const headers = { "content-range": `bytes ${range}/${film.length}` };
  const body = start === end ? null : new Uint8Array(film.subarray(start, end));
  return fetch(url, { method: "PUT", headers, body, redirect: "manual" });
}

async function ready(uploadId: string): Promise<{ id: string; playbackId: string }> {
  const ask = async () => {
    const headers = { authorization: stack.authorization };
    const answer = await fetch(`${stack.api}/video/v1/assets?upload_id=${uploadId}`, { headers });
    const { data } = (await answer.json()) as {
      data: { id: string; status: string; playback_ids: { id: string }[] }[];
    };
    return data[0];
  };
  await expect.poll(async () => (await ask())?.status, { timeout: 60_000, interval: 200 }).toBe("ready");
  const asset = await ask();
  return { id: asset?.id ?? "", playbackId: asset?.playback_ids[0]?.id ?? "" };
}

/** URLs of all segments of all renditions. */
async function segmentsOf(multivariant: string): Promise<string[]> {
  const lists = await Promise.all((await uris(multivariant)).map(uris));
  return lists.flat();
}

async function uris(playlist: string): Promise<string[]> {
  const text = await (await fetch(playlist)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => new URL(line, playlist).href);
}

/** The bytes of a segment that must be there, as a player gets them: 503 on a busy machine asks it to come again. */
async function segment(url: string): Promise<Buffer> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await fetch(url);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (answer.status === 503 && performance.now() < deadlineMs) continue;
    expect(answer.status, bytes.subarray(0, 300).toString()).toBe(200);
    expect(bytes.length).toBeGreaterThan(1_000);
    return bytes;
  }
}
