import Mux from "@mux/mux-node";
import type { RouteOptions } from "fastify";
import { permissionOf } from "../auth/route-permission.ts";
import { SCOPES, type Scope } from "../auth/scopes.ts";
import { type DataServer, startDataServer } from "../data/testing/data-server.ts";
import { BODY_EXAMPLES } from "../openapi/body-examples.ts";
import { basic, createOtherTenant, createToken } from "./tenant.ts";
import { applyOutcomeNow, caller, result } from "./video.ts";

/** Two tenants, of whom the first has one of everything that an id can name. */
export interface ApiWorld {
  server: DataServer;
  /** `Authorization` of callers: with every permission, with those to read, of the other environment, taken back. */
  tokens: Record<"full" | "reader" | "stranger" | "revoked", string>;
  /** The first tenant's, by the names that paths give them. */
  ids: Readonly<Record<string, string>>;
}

const UNLIMITED = { perSecond: 1_000_000, burst: 1_000_000 };

export async function startApiWorld(options: Parameters<typeof startDataServer>[0] = {}): Promise<ApiWorld> {
  const server = await startDataServer({ rate: UNLIMITED, webhookStreamMs: 50, ...options });
  const { db, environmentId, token } = server;
  const other = await createOtherTenant(db);
  const full = basic(token.tokenId, token.tokenSecret);
  const reads = SCOPES.filter((scope) => scope.endsWith(":read"));
  const revoked = await createToken(db, environmentId, [...SCOPES]);
  await db.updateTable("access_tokens").set({ revoked_at: new Date() }).where("id", "=", idOf(revoked)).execute();
  const tokens = {
    full,
    revoked,
    reader: await createToken(db, environmentId, reads),
    stranger: await createToken(db, other.environmentId, [...SCOPES]),
  };
  return { server, tokens, ids: await createOneOfEach(server, full) };
}

/** One of everything that an id can name, new, of the server's first tenant. */
export async function createOneOfEach(server: DataServer, authorization: string): Promise<Record<string, string>> {
  const make = async (path: string, body = BODY_EXAMPLES[`POST ${path}`]) => {
    const answer = await caller(server, authorization)("POST", path, body);
    if (answer.statusCode !== 201) throw new Error(`POST ${path} answered ${answer.statusCode}: ${answer.body}`);
    return answer.json().data;
  };
  const asset = await make("/video/v1/assets");
  const trackId = await createTrack(server, authorization, asset.id);
  const upload = await make("/video/v1/uploads");
  const file = await make(`/video/v1/assets/${asset.id}/static-renditions`, { resolution: "audio-only" });
  const annotation = await make("/data/v1/annotations");
  const signingKey = await make("/system/v1/signing-keys");
  const restriction = await make("/video/v1/playback-restrictions");
  const webhook = await make("/system/v1/webhooks", { address: "https://example.com/hook" });
  const event = await caller(server, authorization)("GET", "/system/v1/webhook-events?limit=1");
  const vocabulary = await make("/video/v1/transcription-vocabularies");
  await make(`/video/v1/assets/${asset.id}/shots`);
  const view = server.view({ country: "US", videoTitle: "One", videoId: "film-42", assetId: asset.id });
  await server.store(view);
  return {
    asset_id: asset.id,
    playback_id: asset.playback_ids[0].id,
    static_rendition_id: file.id,
    playback_restriction_id: restriction.id,
    transcription_vocabulary_id: vocabulary.id,
    track_id: trackId,
    audio_track_id: await soundOf(server, authorization, asset.id),
    upload_id: upload.id,
    annotation_id: annotation.id,
    signing_key_id: signingKey.id,
    webhook_id: webhook.id,
    webhook_event_id: event.json().data[0].id,
    token: await countsToken(server, signingKey),
    video_view_id: view.viewId,
  };
}

/** Tracks are added to assets that are ready. */
async function createTrack(server: DataServer, authorization: string, assetId: string): Promise<string> {
  await applyOutcomeNow(server, result(server.environmentId, assetId));
  const body = BODY_EXAMPLES["POST /video/v1/assets/{asset_id}/tracks"];
  const answer = await caller(server, authorization)("POST", `/video/v1/assets/${assetId}/tracks`, body);
  if (answer.statusCode !== 201) throw new Error(`A track answered ${answer.statusCode}: ${answer.body}`);
  return answer.json().data.id;
}

async function soundOf(server: DataServer, authorization: string, assetId: string): Promise<string> {
  const answer = await caller(server, authorization)("GET", `/video/v1/assets/${assetId}`);
  return answer.json().data.tracks.find(({ type }: { type: string }) => type === "audio").id;
}

/** As a customer's own server signs it for public pages. */
function countsToken(server: DataServer, key: { id: string; private_key: string }): Promise<string> {
  const config = { keyId: key.id, keySecret: key.private_key, type: "video" as const, expiration: "30d" };
  return new Mux({ ...server.token }).jwt.signViewerCounts("film-42", config);
}

function idOf(authorization: string): string {
  return Buffer.from(authorization.slice("Basic ".length), "base64").toString().split(":")[0] ?? "";
}

/** The body that documents show for a route, such as `POST /video/v1/assets`. */
export function exampleBody(route: string): object | undefined {
  return BODY_EXAMPLES[route];
}

/** A route as tests ask it. */
export interface AskedRoute {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `{name}` where ids stand, as documents write it. */
  path: string;
  permission: Scope | null;
}

/** Every route of a server that is asked with these methods. */
export function askedRoutes(routes: readonly RouteOptions[]): AskedRoute[] {
  return routes.flatMap(({ method, url, onRequest }) =>
    [method].flat().flatMap((one) =>
      isAsked(one)
        ? [
            {
              method: one,
              path: url.replaceAll(/:(\w+)(\([^)]*\)\$?\))?/g, "{$1}"),
              permission: permissionOf([onRequest ?? []].flat()),
            },
          ]
        : [],
    ),
  );
}

function isAsked(method: string): method is AskedRoute["method"] {
  return ["GET", "POST", "PUT", "PATCH", "DELETE"].includes(method);
}
