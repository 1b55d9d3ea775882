import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";

interface ClientOptions {
  tokenId: string;
  tokenSecret: string;
  baseURL: string;
}

interface SigningKey {
  keyId: string;
  keySecret: string;
}

type TokenType = "video" | "thumbnail" | "gif" | "storyboard";

const FILE = "https://example.com/film.mp4";
const SEVERAL: [TokenType, ["thumbnail", { time: string }], "storyboard"] = [
  "video",
  ["thumbnail", { time: "3" }],
  "storyboard",
];

// Each client below is asked by its own types. What all of them call alike is not here: tests call it on `mux`.

const sdk15 = {
  major: 15,
  Sdk: Mux,
  open: (options: ClientOptions) => {
    const mux = new Mux({ ...options, maxRetries: 0 });
    const { video, system, jwt } = mux;
    return {
      mux,
      createAsset: () => video.assets.create({ inputs: [{ url: FILE }], playback_policies: ["public"] }),
      createUpload: () =>
        video.uploads.create({
          cors_origin: "*",
          new_asset_settings: { playback_policies: ["signed"], passthrough: "p" },
        }),
      assets: (query: { limit: number } | { upload_id: string }) => video.assets.list(query),
      uploads: () => video.uploads.list({ limit: 2 }),
      restrictions: () => video.playbackRestrictions.list({ limit: 2 }),
      vocabularies: () => video.transcriptionVocabularies.list({ limit: 2 }),
      signingKeys: () => system.signingKeys.list({ limit: 2 }),
      sign: (id: string, key: SigningKey, type: TokenType) => jwt.signPlaybackId(id, { ...key, type }),
      signSeveral: (id: string, key: SigningKey) => jwt.signPlaybackId(id, { ...key, type: SEVERAL }),
      created: (title: string) => video.assets.create({ inputs: [{ url: FILE }], meta: { title } }),
      played: (id: string, token: string) => ({
        hls: video.playback.hls(id, { token }),
        file: video.playback.staticRendition(id, "audio.m4a", { token }),
        thumbnail: video.playback.thumbnail(id, "webp", { token }),
        animated: video.playback.animated(id, "gif", { token }),
        storyboard: video.playback.storyboard(id, "png", { token }),
      }),
    };
  },
};

const sdk14 = {
  major: 14,
  Sdk: Mux14,
  open: (options: ClientOptions) => {
    const mux = new Mux14({ ...options, maxRetries: 0 });
    const { video, system, jwt } = mux;
    return {
      mux,
      createAsset: () => video.assets.create({ inputs: [{ url: FILE }], playback_policies: ["public"] }),
      createUpload: () =>
        video.uploads.create({
          cors_origin: "*",
          new_asset_settings: { playback_policies: ["signed"], passthrough: "p" },
        }),
      assets: (query: { limit: number } | { upload_id: string }) => video.assets.list(query),
      uploads: () => video.uploads.list({ limit: 2 }),
      restrictions: () => video.playbackRestrictions.list({ limit: 2 }),
      vocabularies: () => video.transcriptionVocabularies.list({ limit: 2 }),
      signingKeys: () => system.signingKeys.list({ limit: 2 }),
      sign: (id: string, key: SigningKey, type: TokenType) => jwt.signPlaybackId(id, { ...key, type }),
      signSeveral: (id: string, key: SigningKey) => jwt.signPlaybackId(id, { ...key, type: SEVERAL }),
      created: (title: string) => video.assets.create({ inputs: [{ url: FILE }], meta: { title } }),
      played: (id: string, token: string) => ({
        hls: video.playback.hls(id, { TOKEN: token }),
        file: video.playback.staticRendition(id, "audio.m4a", { TOKEN: token }),
        thumbnail: video.playback.thumbnail(id, "webp", { TOKEN: token }),
        animated: video.playback.animated(id, "gif", { TOKEN: token }),
        storyboard: video.playback.storyboard(id, "png", { TOKEN: token }),
      }),
    };
  },
};

const sdk12 = {
  major: 12,
  Sdk: Mux12,
  open: (options: ClientOptions) => {
    const mux = new Mux12({ ...options, maxRetries: 0 });
    const { video, system, jwt } = mux;
    return {
      mux,
      createAsset: () => video.assets.create({ inputs: [{ url: FILE }], playback_policies: ["public"] }),
      createUpload: () =>
        video.uploads.create({
          cors_origin: "*",
          new_asset_settings: { playback_policies: ["signed"], passthrough: "p" },
        }),
      assets: (query: { limit: number } | { upload_id: string }) => video.assets.list(query),
      uploads: () => video.uploads.list({ limit: 2 }),
      restrictions: () => video.playbackRestrictions.list({ limit: 2 }),
      vocabularies: () => video.transcriptionVocabularies.list({ limit: 2 }),
      signingKeys: () => system.signingKeys.list({ limit: 2 }),
      sign: (id: string, key: SigningKey, type: TokenType) => jwt.signPlaybackId(id, { ...key, type }),
      signSeveral: (id: string, key: SigningKey) => jwt.signPlaybackId(id, { ...key, type: SEVERAL }),
      created: (title: string) => video.assets.create({ inputs: [{ url: FILE }], meta: { title } }),
      played: (id: string, token: string) => ({
        hls: video.playback.hls(id, { TOKEN: token }),
        file: video.playback.staticRendition(id, "audio.m4a", { TOKEN: token }),
        thumbnail: video.playback.thumbnail(id, "webp", { TOKEN: token }),
        animated: video.playback.animated(id, "gif", { TOKEN: token }),
        storyboard: video.playback.storyboard(id, "png", { TOKEN: token }),
      }),
    };
  },
};

/** Writes `input` and `playback_policy`, as every version did then. */
const sdk9 = {
  major: 9,
  Sdk: Mux9,
  open: (options: ClientOptions) => {
    const mux = new Mux9({ ...options, maxRetries: 0 });
    const { video, system, jwt } = mux;
    return {
      mux,
      createAsset: () => video.assets.create({ input: [{ url: FILE }], playback_policy: ["public"] }),
      createUpload: () =>
        video.uploads.create({
          cors_origin: "*",
          new_asset_settings: { playback_policy: ["signed"], passthrough: "p" },
        }),
      assets: (query: { limit: number } | { upload_id: string }) => video.assets.list(query),
      uploads: () => video.uploads.list({ limit: 2 }),
      restrictions: () => video.playbackRestrictions.list({ limit: 2 }),
      vocabularies: () => video.transcriptionVocabularies.list({ limit: 2 }),
      signingKeys: () => system.signingKeys.list({ limit: 2 }),
      sign: (id: string, key: SigningKey, type: TokenType) => jwt.signPlaybackId(id, { ...key, type }),
      signSeveral: (id: string, key: SigningKey) => jwt.signPlaybackId(id, { ...key, type: SEVERAL }),
    };
  },
};

/** With static renditions, titles, `whoami` and methods that play. */
export const NEWER_SDKS = [sdk15, sdk14, sdk12];
export const VIDEO_SDKS = [...NEWER_SDKS, sdk9];
