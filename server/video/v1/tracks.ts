import { z } from "zod";
import { generatedInputOf, generatedProblems } from "../../../domain/asset/generated-text.ts";
import { soundInputOf, soundInputProblems } from "../../../domain/asset/sound-input.ts";
import { languageProblems, textInputOf, textInputProblems } from "../../../domain/asset/text-input.ts";
import { ApiError } from "../../../domain/errors.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import type { Services } from "../../http/services.ts";
import { text } from "../../http/text.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import { generateTextTracks } from "../generated-tracks.ts";
import { addSoundTrack } from "../sound-tracks.ts";
import { addTextTrack, changeTrack, deleteTrack } from "../text-tracks.ts";
import { TrackWire, trackToWire } from "./asset-wire.ts";
import { GeneratedSubtitle, MAX_GENERATED, MAX_URL_LENGTH, Passthrough } from "./settings-body.ts";

const AssetParams = z.object({ asset_id: z.string() });
const Params = z.object({ asset_id: z.string(), track_id: z.string() });
const AudioParams = z.object({ asset_id: z.string(), audio_track_id: z.string() });
const Create = z.object({
  url: text(MAX_URL_LENGTH).describe("Of an SRT or WebVTT file, or of a sound file"),
  type: text(20).describe("text or audio"),
  language_code: text(35).describe("BCP 47, such as en or en-US"),
  name: text(255).optional().describe("What viewers choose by; the language's name unless given"),
  text_type: text(20).optional().describe("subtitles, for text"),
  closed_captions: z.boolean().optional().describe("For text: also tells sounds, for those who do not hear them"),
  passthrough: Passthrough.optional(),
});
const Update = z.object({
  name: text(255).min(1).optional(),
  language_code: text(35).optional(),
  closed_captions: z.boolean().optional(),
  passthrough: Passthrough.optional().describe("Empty text clears it"),
});

const Generate = z.object({ generated_subtitles: z.array(GeneratedSubtitle).min(1).max(MAX_GENERATED) });

const one = z.object({ data: TrackWire });
const several = z.object({ data: z.array(TrackWire) });
const common = { tags: ["Tracks"], security: [{ accessToken: [] }] };

/** Text tracks and further sounds of assets (reference video-api.md §3.3). */
export function trackRoutes(app: App, services: Services): void {
  createRoute(app, services);
  generateRoute(app, services);
  changeRoutes(app, services);
}

function createRoute(app: App, services: Services): void {
  app.post(
    "/video/v1/assets/:asset_id/tracks",
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Add captions or a further sound to an asset",
        params: AssetParams,
        headers: IdempotencyHeaders,
        body: Create,
        response: { ...REFUSALS, 422: ErrorBody, 201: one },
      },
    },
    async (request, reply) => {
      refuse(problemsOf(request.body));
      const environmentId = callerOf(request).environment.id;
      const { asset_id: assetId } = request.params;
      const data = await writeOnce(services, request, reply, async (transaction) => {
        const owner = { environmentId, assetId };
        const track =
          request.body.type === "audio"
            ? await addSoundTrack(transaction, services, owner, soundInputOf(request.body))
            : await addTextTrack(transaction, services, { ...owner, text: textInputOf(request.body) });
        return trackToWire(track);
      });
      return reply.code(201).send({ data });
    },
  );
}

function generateRoute(app: App, services: Services): void {
  app.post(
    "/video/v1/assets/:asset_id/tracks/:audio_track_id/generate-subtitles",
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Have captions written down from a track of sound",
        params: AudioParams,
        headers: IdempotencyHeaders,
        body: Generate,
        response: { ...REFUSALS, 422: ErrorBody, 201: several },
      },
    },
    async (request, reply) => {
      const { generated_subtitles } = request.body;
      refuse(generatedProblems(generated_subtitles));
      const environmentId = callerOf(request).environment.id;
      const { asset_id: assetId, audio_track_id: trackId } = request.params;
      const data = await writeOnce(services, request, reply, async (transaction) => {
        const wanted = generated_subtitles.map(generatedInputOf);
        return (await generateTextTracks(transaction, services, { environmentId, assetId, trackId, wanted })).map(
          trackToWire,
        );
      });
      return reply.code(201).send({ data });
    },
  );
}

function problemsOf(body: z.output<typeof Create>): string[] {
  if (body.type === "audio") return soundInputProblems(body);
  return body.type === "text" ? textInputProblems(body) : ["type: must be text or audio"];
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new ApiError("invalid_parameters", problems);
}

function changeRoutes(app: App, services: Services): void {
  app.patch(
    "/video/v1/assets/:asset_id/tracks/:track_id",
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Change what is told of a text track or an added sound",
        params: Params,
        body: Update,
        response: { ...REFUSALS, 200: one },
      },
    },
    async (request) => {
      const { language_code } = request.body;
      refuse(language_code === undefined ? [] : languageProblems(language_code));
      const { asset_id: assetId, track_id: trackId } = request.params;
      const ref = { environmentId: callerOf(request).environment.id, assetId, trackId };
      return { data: trackToWire(await changeTrack(services, ref, request.body)) };
    },
  );
  app.delete(
    "/video/v1/assets/:asset_id/tracks/:track_id",
    {
      onRequest: allow(services, "video:write"),
      schema: {
        ...common,
        summary: "Delete a text track or an added sound",
        params: Params,
        response: { ...REFUSALS, 204: z.void() },
      },
    },
    async (request, reply) => {
      const { asset_id: assetId, track_id: trackId } = request.params;
      await deleteTrack(services, { environmentId: callerOf(request).environment.id, assetId, trackId });
      return reply.code(204).send();
    },
  );
}
