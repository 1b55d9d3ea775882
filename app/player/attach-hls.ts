import Hls, { type ErrorData } from "hls.js";
import { RenditionList } from "./rendition-list.ts";

/** Before anybody presses play only the beginning is fetched: segments are made when they are asked for. */
const IDLE_BUFFER_SECONDS = 8;
const PLAYING_BUFFER_SECONDS = 30;
const MOST_MEDIA_RECOVERIES = 2;

/** Why playing stopped for good. */
export type PlaybackProblem =
  | "not_found"
  | "not_ready"
  | "forbidden"
  | "not_made"
  | "network"
  | "media"
  | "unsupported";

export interface AttachOptions {
  /** Where to begin. */
  startSeconds: number;
  onProblem(problem: PlaybackProblem): void;
}

export interface AttachedHls {
  /** Null where the browser plays HLS by itself. */
  hls: Hls | null;
  detach(): void;
}

/** Plays an HLS address in a video element: by script where the browser can, else by the browser itself. */
export function attachHls(video: HTMLVideoElement, url: string, options: AttachOptions): AttachedHls {
  if (Hls.isSupported()) return attachByScript(video, url, options);
  const { startSeconds, onProblem } = options;
  if (video.canPlayType("application/vnd.apple.mpegurl") === "") {
    onProblem("unsupported");
    return { hls: null, detach: () => undefined };
  }
  video.addEventListener("error", () =>
    onProblem(video.error?.code === MediaError.MEDIA_ERR_NETWORK ? "network" : "media"),
  );
  video.src = url;
  video.currentTime = startSeconds;
  return {
    hls: null,
    detach: () => {
      video.removeAttribute("src");
      video.load();
    },
  };
}

function attachByScript(video: HTMLVideoElement, url: string, { startSeconds, onProblem }: AttachOptions): AttachedHls {
  const hls = new Hls({
    enableWorker: false, // needs a script of its own, which the page's policy refuses, and fMP4 asks little of it
    capLevelToPlayerSize: true,
    maxBufferLength: IDLE_BUFFER_SECONDS,
    startPosition: startSeconds,
  });
  const renditions = new RenditionList((index) => {
    hls.nextLevel = index;
  });
  Object.assign(video, { videoRenditions: renditions });
  const showRenditions = () =>
    renditions.replace(
      hls.levels.map(({ width, height, bitrate }, index) => ({ id: String(index), width, height, bitrate })),
    );
  hls.on(Hls.Events.MANIFEST_PARSED, showRenditions);
  hls.on(Hls.Events.LEVELS_UPDATED, showRenditions);
  let recoveries = 0;
  hls.on(Hls.Events.ERROR, (_, data) => {
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && recoveries < MOST_MEDIA_RECOVERIES) {
      recoveries += 1;
      return hls.recoverMediaError();
    }
    onProblem(problemOf(data));
  });
  const onPlay = () => {
    hls.config.maxBufferLength = PLAYING_BUFFER_SECONDS;
  };
  video.addEventListener("play", onPlay);
  hls.loadSource(url);
  hls.attachMedia(video);
  return {
    hls,
    detach: () => {
      video.removeEventListener("play", onPlay);
      hls.destroy();
    },
  };
}

/** Statuses as the stream host means them (reference §8.6). */
function problemOf({ type, details, response }: ErrorData): PlaybackProblem {
  if (response?.code === 404) return "not_found";
  if (response?.code === 412) return "not_ready";
  if (response?.code === 403) return "forbidden";
  if ((response?.code ?? 0) >= 500 || details === Hls.ErrorDetails.FRAG_LOAD_TIMEOUT) return "not_made";
  return type === Hls.ErrorTypes.NETWORK_ERROR ? "network" : "media";
}

export const PROBLEM_SENTENCES: Record<PlaybackProblem, string> = {
  not_found: "This playback id does not exist any more.",
  not_ready: "This video is not ready to play yet.",
  forbidden: "This playback id needs a token.",
  not_made: "This part of the video could not be made in time. Try again in a moment.",
  network: "The stream cannot be reached. Check the network, then try again.",
  media: "This browser cannot decode the video. Another browser may.",
  unsupported: "This browser cannot play HLS. A current Chrome, Edge, Firefox or Safari can.",
};
