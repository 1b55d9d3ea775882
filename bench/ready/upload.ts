import { createReadStream, statSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Api {
  api: string;
  stream: string;
  authorization: string;
}

interface Asset {
  id: string;
  status: "preparing" | "ready" | "errored";
  errors?: { messages: string[] };
  playback_ids?: { id: string }[];
}

export interface Readiness {
  assetId: string;
  playbackId: string;
  /** URL of the multivariant playlist. */
  playlist: string;
  /** From the last byte's write to a poll that says ready. */
  readyMs: number;
  /** From the last byte's write to the whole first segment of the first listed rendition. */
  playableMs: number;
}

const POLL_MS = 20;
const PATIENCE_MS = 120_000;

/** Uploads a file as a client does, and polls until it plays. */
export async function uploadAndPlay(
  { api, stream, authorization }: Api,
  file: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Readiness> {
  const headers = { authorization, "content-type": "application/json" };
  const body = JSON.stringify({ cors_origin: "*", new_asset_settings: { playback_policies: ["public"], ...settings } });
  const created = await fetch(`${api}/video/v1/uploads`, { method: "POST", headers, body });
  const { data: upload } = (await created.json()) as { data: { id: string; url: string } };
  const lastByteMs = await put(upload.url, file);
  const asset = await untilReady(api, authorization, upload.id);
  const readyMs = performance.now() - lastByteMs;
  const playbackId = asset.playback_ids?.[0]?.id ?? "none";
  const playlist = `${stream}/${playbackId}.m3u8`;
  await playFirstSegment(playlist);
  return { assetId: asset.id, playbackId, playlist, readyMs, playableMs: performance.now() - lastByteMs };
}

/** Resolves with the moment at which the last byte was handed to the connection. */
function put(url: string, file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let lastByteMs = 0;
    const sending = request(url, { method: "PUT", headers: { "content-length": statSync(file).size } }, (response) => {
      response.resume().once("end", () => {
        if (response.statusCode === 200) resolve(lastByteMs);
        else reject(new Error(`the upload was answered ${response.statusCode}`));
      });
    });
    sending.once("error", reject);
    sending.once("finish", () => {
      lastByteMs = performance.now();
    });
    createReadStream(file).pipe(sending);
  });
}

async function untilReady(api: string, authorization: string, uploadId: string): Promise<Asset> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (performance.now() < deadlineMs) {
    const answer = await fetch(`${api}/video/v1/assets?upload_id=${uploadId}`, { headers: { authorization } });
    const { data } = (await answer.json()) as { data: Asset[] };
    const [asset] = data;
    if (asset?.status === "ready") return asset;
    if (asset?.status === "errored") throw new Error(`the asset is errored: ${asset.errors?.messages.join("; ")}`);
    await sleep(POLL_MS);
  }
  throw new Error(`no asset was ready within ${PATIENCE_MS} ms`);
}

/** Reads what a player reads before it shows something, and throws unless all of it is there. */
export async function playFirstSegment(multivariantUrl: string): Promise<void> {
  const multivariant = await read(multivariantUrl);
  const media = new URL(firstUri(multivariant), multivariantUrl).href;
  const playlist = await read(media);
  const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1] ?? "";
  await Promise.all([read(new URL(init, media).href), read(new URL(firstUri(playlist), media).href)]);
}

/** The first line that is no tag. */
function firstUri(playlist: string): string {
  return playlist.split("\n").find((line) => line !== "" && !line.startsWith("#")) ?? "";
}

async function read(url: string): Promise<string> {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Error(`${url} was answered ${answer.status}: ${await answer.text()}`);
  return answer.text();
}
