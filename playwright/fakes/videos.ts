import type { IncomingMessage, ServerResponse } from "node:http";
import { FILM_SECONDS, type Film } from "./film.ts";

/** The video API of one environment, its uploads, streams and pictures, in memory. */
export interface FakeVideos {
  assets: FakeAsset[];
  /** Bytes that arrived, by the title of their upload. */
  received: Map<string, number>;
  /** Titles of uploads that were cancelled. */
  cancelled: string[];
  set(change: Partial<VideoBehaviour>): void;
  reset(): void;
  /** What was asked with a session, below `/video/v1`. */
  answerApi(request: IncomingMessage, path: string, query: URLSearchParams): Promise<Answer>;
  /** What anybody may ask: uploads by their secret address, playlists, segments, pictures. Null: none of these. */
  answerPublic(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean>;
}

export interface Answer {
  status: number;
  body: unknown;
}

export interface VideoBehaviour {
  /** From an upload's last byte to the asset being ready. */
  prepareMs: number;
  /** Each chunk of an upload takes at least this long. */
  chunkMs: number;
  /** So many of the next chunks are cut off in the middle of the connection. */
  brokenChunks: number;
  /** Why no upload may begin. */
  refusal: string | null;
}

export interface FakeAsset {
  id: string;
  title: string | null;
  createdAtMs: number;
  /** Preparing until then. */
  readyAtMs: number;
  /** 0..100, where it has to be converted. */
  converted?: number;
  error?: string;
  playbackIds: { id: string; policy: string }[];
  uploadId?: string;
  durationSeconds: number;
  resolutionTier: string;
  /** Widescreen where it is not said. */
  aspectRatio?: string;
}

interface FakeUpload {
  id: string;
  title: string;
  corsOrigin: string;
  status: string;
  assetId: string | null;
  first: Buffer;
}

const CALM: VideoBehaviour = { prepareMs: 600, chunkMs: 0, brokenChunks: 0, refusal: null };
const PICTURE = { id: "t1", type: "video", status: "ready", max_width: 1920, max_height: 1080, max_frame_rate: 25 };
const CORS_HEADERS = {
  "access-control-allow-methods": "PUT, OPTIONS",
  "access-control-allow-headers": "content-type, content-range",
  "access-control-expose-headers": "range",
};

export function createFakeVideos(film: Film, publicUrl: () => string): FakeVideos {
  const behaviour: VideoBehaviour = { ...CALM };
  const assets: FakeAsset[] = [];
  const uploads = new Map<string, FakeUpload>();
  const received = new Map<string, number>();
  const cancelled: string[] = [];
  let made = 0;
  const newId = (kind: string) => {
    made += 1;
    return `${kind}${made}x${"Ab9Cd8Ef7Gh6Ij5Kl4Mn3Op2Qr1St0UvWxYz".slice(0, 30)}`;
  };

  const finish = (upload: FakeUpload) => {
    const isFilm = upload.first.subarray(4, 8).toString("latin1") === "ftyp";
    const nowMs = Date.now();
    const asset: FakeAsset = {
      ...exampleAsset(newId("asset"), upload.title, nowMs),
      readyAtMs: nowMs + behaviour.prepareMs,
      uploadId: upload.id,
      playbackIds: [{ id: newId("play"), policy: "public" }],
      ...(isFilm ? {} : { error: "This file is no video or audio that can be read. Send MP4, MOV, WebM or the like." }),
    };
    assets.unshift(asset);
    upload.status = "asset_created";
    upload.assetId = asset.id;
  };

  const takeBytes = async (request: IncomingMessage, response: ServerResponse, upload: FakeUpload) => {
    response.setHeader("access-control-allow-origin", upload.corsOrigin);
    for (const [name, value] of Object.entries(CORS_HEADERS)) response.setHeader(name, value);
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    if (upload.status !== "waiting") return response.writeHead(403).end();
    if (behaviour.brokenChunks > 0) {
      behaviour.brokenChunks -= 1;
      return request.socket.destroy();
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    await new Promise((resolve) => setTimeout(resolve, behaviour.chunkMs));
    const bytes = Buffer.concat(chunks);
    const [, start, end, total] = /bytes (\d+)-(\d+)\/(\d+)/.exec(request.headers["content-range"] ?? "") ?? [];
    if (Number(start ?? 0) === 0) upload.first = bytes.subarray(0, 16);
    received.set(upload.title, (received.get(upload.title) ?? 0) + bytes.length);
    if (Number(end) + 1 < Number(total)) return response.writeHead(308, { range: `bytes=0-${end}` }).end();
    if (upload.status === "waiting") finish(upload); // a second request for the same bytes makes no second asset
    response.writeHead(200).end();
  };

  const answerUploads = async (request: IncomingMessage, id: string | undefined, verb: string | undefined) => {
    if (id === undefined) {
      if (behaviour.refusal !== null) return problem(400, behaviour.refusal);
      const body = JSON.parse(await text(request));
      const upload: FakeUpload = {
        id: newId("upload"),
        title: body.new_asset_settings.meta.title,
        corsOrigin: body.cors_origin,
        status: "waiting",
        assetId: null,
        first: Buffer.alloc(0),
      };
      uploads.set(upload.id, upload);
      return data(201, { ...uploadWire(upload), url: `${publicUrl()}/uploads/${upload.id}` });
    }
    const upload = uploads.get(id);
    if (upload === undefined) return problem(404, "no such upload");
    if (verb === "cancel") {
      upload.status = "cancelled";
      cancelled.push(upload.title);
    }
    return data(200, uploadWire(upload));
  };

  const answerAsset = async (request: IncomingMessage, asset: FakeAsset, rest: readonly string[]) => {
    const [, playbackId] = rest;
    if (rest[0] === "playback-ids") {
      if (request.method === "DELETE") {
        asset.playbackIds = asset.playbackIds.filter(({ id }) => id !== playbackId);
        return { status: 204, body: undefined };
      }
      const added = { id: newId("play"), policy: JSON.parse(await text(request)).policy };
      asset.playbackIds.push(added);
      return data(201, added);
    }
    if (request.method === "DELETE") {
      assets.splice(assets.indexOf(asset), 1);
      return { status: 204, body: undefined };
    }
    if (request.method === "PATCH") asset.title = JSON.parse(await text(request)).meta.title;
    return data(200, assetWire(asset));
  };

  return {
    assets,
    received,
    cancelled,
    set: (change) => Object.assign(behaviour, change),
    reset: () => {
      Object.assign(behaviour, CALM);
      assets.length = 0;
      uploads.clear();
      received.clear();
      cancelled.length = 0;
    },
    answerApi: async (request, path, query) => {
      const [kind, id, ...rest] = path.split("/").slice(3); // /video/v1/{kind}/{id}/…
      if (kind === "uploads") return answerUploads(request, id, rest[0]);
      if (kind !== "assets") return problem(404, "nothing here");
      if (id === undefined) return page(assets, query);
      const asset = assets.find((one) => one.id === id);
      return asset === undefined ? problem(404, "no such asset") : answerAsset(request, asset, rest);
    },
    answerPublic: async (request, response, path) => {
      const [first = "", second = ""] = path.slice(1).split("/");
      const upload = uploads.get(second);
      if (first === "uploads" && upload !== undefined) {
        await takeBytes(request, response, upload);
        return true;
      }
      const playbackId = first.replace(/\.m3u8$/, "");
      const asset = assets.find(({ playbackIds }) => playbackIds.some(({ id }) => id === playbackId));
      if (asset === undefined || first === "video" || first === "dashboard") return false;
      await playOut(film, asset, request, response, first.endsWith(".m3u8") ? "film.m3u8" : second);
      return true;
    },
  };
}

/** A ready video, to be changed. */
export function exampleAsset(id: string, title: string | null, createdAtMs: number): FakeAsset {
  return {
    id,
    title,
    createdAtMs,
    readyAtMs: createdAtMs,
    playbackIds: [{ id: `play${id}`, policy: "public" }],
    durationSeconds: FILM_SECONDS,
    resolutionTier: "1080p",
  };
}

function assetWire(asset: FakeAsset): Record<string, unknown> {
  const {
    id,
    title,
    playbackIds,
    durationSeconds,
    resolutionTier,
    aspectRatio = "16:9",
    converted,
    error,
    uploadId,
  } = asset;
  const isDone = Date.now() >= asset.readyAtMs;
  const status = isDone ? (error === undefined ? "ready" : "errored") : "preparing";
  const transcoding = { state: "transcoding", progress: converted };
  const preparing = converted === undefined ? { state: "ingesting", progress: 0 } : transcoding;
  return {
    id,
    status,
    created_at: String(Math.floor(asset.createdAtMs / 1_000)),
    meta: title === null ? {} : { title },
    progress: { preparing, ready: { state: "completed", progress: 100 }, errored: { state: "errored", progress: -1 } }[
      status
    ],
    playback_ids: playbackIds,
    ingest_type: uploadId === undefined ? "on_demand_url" : "on_demand_direct_upload",
    ...(uploadId === undefined ? {} : { upload_id: uploadId }),
    ...(converted === undefined ? {} : { non_standard_input_reasons: { video_codec: "vp9" } }),
    ...(status === "errored" ? { errors: { type: "invalid_input", messages: [error] } } : {}),
    ...(status === "ready"
      ? {
          duration: durationSeconds,
          ...(resolutionTier === "audio-only" ? {} : { aspect_ratio: aspectRatio }),
          resolution_tier: resolutionTier,
          max_stored_frame_rate: 25,
          tracks: [
            ...(resolutionTier === "audio-only" ? [] : [PICTURE]),
            { id: "t2", type: "audio", status: "ready", max_channels: 2, primary: true },
          ],
        }
      : {}),
  };
}

const uploadWire = ({ id, status, assetId, corsOrigin }: FakeUpload) => ({
  id,
  status,
  cors_origin: corsOrigin,
  timeout: 3_600,
  ...(assetId === null ? {} : { asset_id: assetId }),
});

function page(assets: readonly FakeAsset[], query: URLSearchParams): Answer {
  const from = Number(query.get("cursor") ?? 0);
  const to = from + Number(query.get("limit") ?? 10);
  const shown = assets.slice(from, to).map(assetWire);
  return { status: 200, body: { data: shown, next_cursor: to < assets.length ? String(to) : null } };
}

async function playOut(
  film: Film,
  asset: FakeAsset,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<void> {
  response.setHeader("access-control-allow-origin", "*");
  if (name.startsWith("thumbnail.")) {
    const query = new URL(request.url ?? "", "http://fake").searchParams;
    const seconds = Number(query.get("time") ?? asset.durationSeconds / 2) + asset.id.length + asset.createdAtMs / 7e5;
    const picture = await film.picture(Math.round(seconds) % 9, Number(query.get("width") ?? 640));
    response.writeHead(200, { "content-type": "image/webp" }).end(picture);
    return;
  }
  const bytes = await film.file(name);
  if (bytes === null) response.writeHead(404).end();
  else if (name === "film.m3u8") {
    const id = (request.url ?? "").slice(1).replace(/\.m3u8.*$/, "");
    response.end(bytes.toString().replaceAll("rendition-", `${id}/rendition-`));
  } else response.end(bytes);
}

const data = (status: number, body: unknown): Answer => ({ status, body: { data: body } });
const problem = (status: number, message: string): Answer => ({
  status,
  body: { error: { type: status === 404 ? "not_found" : "invalid_parameters", messages: [message] } },
});

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}
