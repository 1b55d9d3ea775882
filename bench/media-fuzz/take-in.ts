import { setTimeout as sleep } from "node:timers/promises";
import type { VideoStack } from "../stack/video-stack.ts";

/** What became of one file. */
export interface TakenIn {
  assetId: string;
  status: "ready" | "errored" | "preparing";
  /** From the answer to the last byte to a poll that says ready or errored. */
  seconds: number;
  error: { type: string; messages: string[] } | null;
  /** Of a ready one: what asking for playlists and first segments was answered, such as `200` or `503`. */
  played: string[];
  /** What should never be: a short answer, one of another status. */
  wrong: string[];
}

type Client = Pick<VideoStack, "api" | "stream" | "authorization">;

interface Asset {
  id: string;
  status: TakenIn["status"];
  errors?: { type: string; messages: string[] };
  playback_ids?: { id: string }[];
}

const POLL_MS = 100;
/** Longer than a file may take, so that those that take too long are told with their time. */
const PATIENCE_SECONDS = 120;

/** Uploads bytes as a client does, waits for the asset's end, and plays a little of what is ready. */
export async function takeIn(stack: Client, bytes: Buffer): Promise<TakenIn> {
  const headers = { authorization: stack.authorization, "content-type": "application/json" };
  const body = JSON.stringify({ cors_origin: "*", new_asset_settings: { playback_policies: ["public"] } });
  const created = await fetch(`${stack.api}/video/v1/uploads`, { method: "POST", headers, body });
  const { data: upload } = (await created.json()) as { data: { id: string; url: string } };
  const sent = await fetch(upload.url, { method: "PUT", body: new Uint8Array(bytes) });
  if (sent.status !== 200) throw new Error(`an upload was answered ${sent.status}`);
  const sentMs = performance.now();
  const asset = await untilEnd(stack, upload.id, sentMs);
  const seconds = (performance.now() - sentMs) / 1_000;
  const taken = {
    assetId: asset.id,
    status: asset.status,
    seconds,
    error: asset.errors ?? null,
    played: [],
    wrong: [],
  };
  return asset.status === "ready" ? { ...taken, ...(await play(stack, asset.playback_ids?.[0]?.id ?? "")) } : taken;
}

async function untilEnd(stack: Client, uploadId: string, sentMs: number): Promise<Asset> {
  const url = `${stack.api}/video/v1/assets?upload_id=${uploadId}`;
  for (;;) {
    const { data } = (await (await fetch(url, { headers: { authorization: stack.authorization } })).json()) as {
      data: Asset[];
    };
    const [asset] = data;
    const isOver = performance.now() - sentMs > 1_000 * PATIENCE_SECONDS;
    if (asset !== undefined && (asset.status !== "preparing" || isOver)) return asset;
    if (isOver) throw new Error(`upload ${uploadId} made no asset`);
    await sleep(POLL_MS);
  }
}

async function play(stack: Client, playbackId: string): Promise<Pick<TakenIn, "played" | "wrong">> {
  const log: Pick<TakenIn, "played" | "wrong"> = { played: [], wrong: [] };
  const multivariantUrl = `${stack.stream}/${playbackId}.m3u8`;
  const multivariant = await ask(multivariantUrl, log);
  for (const media of uris(multivariant, multivariantUrl)) {
    const playlist = await ask(media, log);
    const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1];
    if (init !== undefined) await ask(new URL(init, media).href, log);
    const segments = uris(playlist, media);
    for (const segment of new Set([segments[0], segments.at(-1)])) if (segment !== undefined) await ask(segment, log);
  }
  await ask(`${stack.stream.replace(/\/$/, "")}/${playbackId}/thumbnail.jpg?time=0`, log, [200, 404, 503]);
  return log;
}

/** What cannot be made is 503; any other failure, or a body that is shorter than it says, is wrong. */
async function ask(
  url: string,
  log: Pick<TakenIn, "played" | "wrong">,
  right: readonly number[] = [200, 503],
): Promise<string> {
  const answer = await fetch(url);
  const body = Buffer.from(await answer.arrayBuffer());
  log.played.push(String(answer.status));
  if (!right.includes(answer.status)) log.wrong.push(`${url} was answered ${answer.status}: ${body.subarray(0, 200)}`);
  const promised = answer.headers.get("content-length");
  if (promised !== null && answer.status === 200 && Number(promised) !== body.length)
    log.wrong.push(`${url} was short`);
  return answer.status === 200 ? body.toString("latin1") : "";
}

function uris(playlist: string, base: string): string[] {
  const lines = playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => new URL(line, base).href);
}
