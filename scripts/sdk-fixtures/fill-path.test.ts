import { describe, expect, it } from "vitest";
import { fillPath } from "./fill-path.ts";

const TEMPLATES = [
  "/video/v1/assets/batch",
  "/video/v1/assets/{asset_id}",
  "/video/v1/assets/{asset_id}/tracks/{track_id}",
  "/video/v1/assets/{asset_id}/tracks/{audio_track_id}/generate-subtitles",
  "/video/v1/uploads/{upload_id}",
];
const IDS = { asset_id: "film", track_id: "text", audio_track_id: "sound", upload_id: "up", playback_id: "play" };

describe("fillPath", () => {
  it.each([
    ["/video/v1/assets/ASSET_ID", "/video/v1/assets/film"],
    ["/video/v1/assets/ASSET_ID/tracks/TRACK_ID", "/video/v1/assets/film/tracks/text"],
    [
      "/video/v1/assets/ASSET_ID/tracks/TRACK_ID/generate-subtitles",
      "/video/v1/assets/film/tracks/sound/generate-subtitles",
    ],
    ["/video/v1/uploads/abcd1234", "/video/v1/uploads/up"],
    ["/PLAYBACK_ID/text/TRACK_ID.vtt", "/play/text/text.vtt"],
  ])("puts what is there into %s", (path, filled) => {
    expect(fillPath(path, TEMPLATES, IDS)).toBe(filled);
  });

  it.each([
    "/video/v1/assets/other",
    "/video/v1/assets/batch",
    "/_stainless_unknown_path",
    "/video/v1/nothing/ASSET_ID",
  ])("leaves %s as it is", (path) => {
    expect(fillPath(path, TEMPLATES, IDS)).toBe(path);
  });
});
