import type { z } from "zod";
import { REQUEST_HEADER } from "../session/forwarding.ts";
import {
  type Asset,
  AssetAnswer,
  type AssetPage,
  AssetPageAnswer,
  type DirectUpload,
  type PlaybackId,
  PlaybackIdAnswer,
  UploadAnswer,
} from "./wire.ts";

/** Every way a question to the video API can end. */
export type ApiAnswer<T> =
  | { kind: "ok"; value: T }
  /** The session is over: nothing but signing in helps. */
  | { kind: "signed_out" }
  | { kind: "not_found" }
  /** The server says why, in sentences for people. */
  | { kind: "refused"; messages: readonly string[] }
  | { kind: "unavailable" };

/** The video API of one environment, asked through our own origin. Nothing of it rejects. */
export interface VideoApi {
  listAssets(page: { limit: number; cursor?: string }): Promise<ApiAnswer<AssetPage>>;
  getAsset(id: string): Promise<ApiAnswer<Asset>>;
  renameAsset(id: string, title: string): Promise<ApiAnswer<Asset>>;
  deleteAsset(id: string): Promise<ApiAnswer<null>>;
  addPlaybackId(assetId: string): Promise<ApiAnswer<PlaybackId>>;
  deletePlaybackId(assetId: string, playbackId: string): Promise<ApiAnswer<null>>;
  createUpload(upload: { corsOrigin: string; title: string }): Promise<ApiAnswer<DirectUpload>>;
  getUpload(id: string): Promise<ApiAnswer<DirectUpload>>;
  cancelUpload(id: string): Promise<ApiAnswer<DirectUpload>>;
}

/** As long as the server's own limit; an answer that never comes counts as none. */
const TIMEOUT_MS = 15_000;

export function createVideoApi(environment: string): VideoApi {
  const root = `/api/environments/${environment}/video/v1`;
  const ask = <T>(method: string, path: string, schema: z.ZodType<T> | null, body?: unknown) =>
    askApi(`${root}${path}`, method, schema, body) as Promise<ApiAnswer<T>>;
  return {
    listAssets: ({ limit, cursor }) => {
      const query = new URLSearchParams({ limit: String(limit), ...(cursor === undefined ? {} : { cursor }) });
      return ask("GET", `/assets?${query}`, AssetPageAnswer);
    },
    getAsset: (id) => ask("GET", `/assets/${id}`, AssetAnswer),
    renameAsset: (id, title) => ask("PATCH", `/assets/${id}`, AssetAnswer, { meta: { title } }),
    deleteAsset: (id) => ask("DELETE", `/assets/${id}`, null),
    addPlaybackId: (id) => ask("POST", `/assets/${id}/playback-ids`, PlaybackIdAnswer, { policy: "public" }),
    deletePlaybackId: (id, playbackId) => ask("DELETE", `/assets/${id}/playback-ids/${playbackId}`, null),
    createUpload: ({ corsOrigin, title }) =>
      ask("POST", "/uploads", UploadAnswer, {
        cors_origin: corsOrigin,
        new_asset_settings: { playback_policies: ["public"], meta: { title } },
      }),
    getUpload: (id) => ask("GET", `/uploads/${id}`, UploadAnswer),
    cancelUpload: (id) => ask("PUT", `/uploads/${id}/cancel`, UploadAnswer),
  };
}

async function askApi<T>(
  url: string,
  method: string,
  schema: z.ZodType<T> | null,
  body: unknown,
): Promise<ApiAnswer<T | null>> {
  try {
    const answer = await fetch(url, {
      method,
      headers: { [REQUEST_HEADER]: "1", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return await readAnswer(answer, schema);
  } catch {
    return { kind: "unavailable" };
  }
}

/** @param schema null where a success has no body */
export async function readAnswer<T>(answer: Response, schema: z.ZodType<T> | null): Promise<ApiAnswer<T | null>> {
  if (answer.status === 401) return { kind: "signed_out" };
  if (answer.status === 404) return { kind: "not_found" };
  if (answer.status >= 500) return { kind: "unavailable" };
  if (!answer.ok) return { kind: "refused", messages: await messagesOf(answer) };
  if (schema === null) return { kind: "ok", value: null };
  const parsed = schema.safeParse(await answer.json());
  return parsed.success ? { kind: "ok", value: parsed.data } : { kind: "unavailable" };
}

async function messagesOf(answer: Response): Promise<readonly string[]> {
  const wire: unknown = await answer.json().catch(() => null);
  const messages = (wire as { error?: { messages?: unknown } } | null)?.error?.messages;
  const sentences = Array.isArray(messages) ? messages.filter((one) => typeof one === "string") : [];
  return sentences.length > 0 ? sentences : [`The server answered ${answer.status}.`];
}
