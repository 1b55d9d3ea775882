/** A page on which a player plays a film, and what a test needs of any of them. */
export interface PlayerPage {
  name: string;
  /** The page, whose script sets `window.player`: see {@link trialScript}. */
  html(stream: string, playbackId: string, query?: string): string;
}

const SCRIPT = (path: string): string => `<script src="${path}"></script>`;
const page = (name: string, body: string): string => `<!doctype html><title>${name}</title>${body}`;
const VIDEO = '<video muted width="640" height="360"></video>';

const shaka = (name: string, extension: string): PlayerPage => ({
  name,
  html: (stream, id, query = "") =>
    page(
      name,
      `${VIDEO}${SCRIPT("/shaka.js")}<script>
        const video = document.querySelector("video");
        const shakaPlayer = new shaka.Player();
        window.player = {
          video, errors: [], ready: false,
          tracks: () => shakaPlayer.getVariantTracks().sort((one, other) => one.height - other.height),
          renditions: () => player.tracks().length,
          choose: (n) => shakaPlayer.selectVariantTrack(player.tracks()[n], true),
          current: () => player.tracks().findIndex(({ active }) => active),
          texts: () => shakaPlayer.getTextTracks().map(({ language, label }) => [language, label]),
          showText: (n) => shakaPlayer.selectTextTrack(shakaPlayer.getTextTracks()[n]),
          cues: () => Array.from(video.textTracks).flatMap(({ cues }) =>
            Array.from(cues ?? [], ({ startTime, endTime, text }) => [startTime, endTime, text])),
        };
        shakaPlayer.addEventListener("error", ({ detail }) => player.errors.push("code " + detail.code));
        (async () => {
          await shakaPlayer.attach(video);
          shakaPlayer.configure("abr.enabled", false);
          await shakaPlayer.load("${stream}/${id}.${extension}${query}");
          player.ready = true;
        })().catch((error) => player.errors.push("code " + error.code));
      </script>`,
    ),
});

export const HLS_JS: PlayerPage = {
  name: "hls.js",
  html: (stream, id, query = "") =>
    page(
      "hls.js",
      `${VIDEO}${SCRIPT("/hls.js")}<script>
        const video = document.querySelector("video");
        const hls = new Hls();
        window.player = {
          video, errors: [], ready: false,
          renditions: () => hls.levels.length,
          choose: (n) => { hls.currentLevel = n; },
          current: () => hls.currentLevel,
          sounds: () => hls.audioTracks.map(({ name }) => name),
          listen: (n) => { hls.audioTrack = n; },
        };
        // by itself, for a segment that is not wanted any more; and of a busy machine, which is asked again
        const usual = ["aborted", "fragLoadTimeOut"];
        hls.on(Hls.Events.ERROR, (_, { details, fatal }) => {
          if (fatal || !usual.includes(details)) player.errors.push(details);
        });
        hls.on(Hls.Events.MANIFEST_PARSED, () => { player.ready = true; });
        hls.loadSource("${stream}/${id}.m3u8${query}");
        hls.attachMedia(video);
      </script>`,
    ),
};

const MUX_PLAYER: PlayerPage = {
  name: "mux-player",
  html: (stream, id, query = "") =>
    page(
      "mux-player",
      `<mux-player muted disable-tracking src="${stream}/${id}.m3u8${query}"></mux-player>${SCRIPT("/mux-player.js")}<script>
        const element = document.querySelector("mux-player");
        const engine = () => element.media._hls;
        window.player = {
          get video() { return element.media.nativeEl; },
          get ready() { return (engine()?.levels?.length ?? 0) > 0; },
          errors: [],
          renditions: () => engine().levels.length,
          choose: (n) => { engine().currentLevel = n; },
          current: () => engine().currentLevel,
        };
        element.addEventListener("error", ({ detail }) => player.errors.push(detail?.message ?? "error"));
      </script>`,
    ),
};

const VIDEO_JS: PlayerPage = {
  name: "video.js",
  html: (stream, id, query = "") =>
    page(
      "video.js",
      `<video-js id="film" muted width="640" height="360"></video-js>${SCRIPT("/video.js")}<script>
        const vjs = videojs("film", { html5: { vhs: { overrideNative: true } } });
        const all = () => (vjs.tech(true).vhs?.representations?.() ?? []).sort((one, other) => one.height - other.height);
        window.player = {
          get video() { return document.querySelector("#film video"); },
          get ready() { return all().length > 0; },
          errors: [],
          renditions: () => all().length,
          choose: (n) => all().forEach((one, at) => one.enabled(at === n)),
          current: () => {
            const height = vjs.tech(true).vhs.playlists.media()?.attributes.RESOLUTION.height;
            return all().findIndex((one) => one.height === height);
          },
        };
        vjs.on("error", () => player.errors.push(vjs.error().message));
        vjs.src({ src: "${stream}/${id}.m3u8${query}", type: "application/x-mpegURL" });
      </script>`,
    ),
};

export const PLAYERS: readonly PlayerPage[] = [
  HLS_JS,
  MUX_PLAYER,
  VIDEO_JS,
  shaka("Shaka, DASH", "mpd"),
  shaka("Shaka, HLS", "m3u8"),
];
