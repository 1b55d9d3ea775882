import { createReadStream, statSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Api {
  api: string;
  stream: string;
  authorization: string;
}

/** What the API says of an asset; what matters here. */
export interface UploadedAsset {
  id: string;
  status: "preparing" | "ready" | "errored";
  errors?: { type: string; messages: string[] };
  playback_ids?: { id: string }[];
  non_standard_input_reasons?: Record<string, string>;
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
  api: Api,
  file: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Readiness> {
  const { uploadId, lastByteMs } = await uploadFile(api, file, settings);
  const asset = await untilEnded(api, uploadId, PATIENCE_MS);
  if (asset.status === "errored") throw new Error(`the asset is errored: ${asset.errors?.messages.join("; ")}`);
  const readyMs = performance.now() - lastByteMs;
  const playbackId = asset.playback_ids?.[0]?.id ?? "none";
  const playlist = `${api.stream}/${playbackId}.m3u8`;
  await playFirstSegment(playlist);
  return { assetId: asset.id, playbackId, playlist, readyMs, playableMs: performance.now() - lastByteMs };
}

/** Sends a file to an upload of its own. Resolves when it is taken, with the moment at which its last byte was sent. */
export async function uploadFile(
  { api, authorization }: Api,
  file: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ uploadId: string; lastByteMs: number }> {
  const headers = { authorization, "content-type": "application/json" };
  const body = JSON.stringify({ cors_origin: "*", new_asset_settings: { playback_policies: ["public"], ...settings } });
  const created = await fetch(`${api}/video/v1/uploads`, { method: "POST", headers, body });
  const { data: upload } = (await created.json()) as { data: { id: string; url: string } };
  return { uploadId: upload.id, lastByteMs: await put(upload.url, file) };
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

/** Polls until an upload's asset is ready or errored. Rejects where it is neither after so long. */
export async function untilEnded(
  { api, authorization }: Api,
  uploadId: string,
  patienceMs: number,
): Promise<UploadedAsset> {
  const deadlineMs = performance.now() + patienceMs;
  while (performance.now() < deadlineMs) {
    const answer = await fetch(`${api}/video/v1/assets?upload_id=${uploadId}`, { headers: { authorization } });
    const { data } = (await answer.json()) as { data: UploadedAsset[] };
    const [asset] = data;
    if (asset !== undefined && asset.status !== "preparing") return asset;
    await sleep(POLL_MS);
  }
  throw new Error(`no asset was ready or errored within ${patienceMs} ms`);
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
