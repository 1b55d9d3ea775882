"use client";

import { type RefObject, useEffect, useRef, useState } from "react";
import { attachHls, type PlaybackProblem } from "./attach-hls.ts";
import { type ReportedVideo, reportViews } from "./report-views.ts";

export interface PlayerSource extends Omit<ReportedVideo, "environmentKey"> {
  url: string;
  /** Null: nothing is reported. */
  environmentKey: string | null;
}

export interface Player {
  /** Null while there is none. */
  video: HTMLVideoElement | null;
  problem: PlaybackProblem | null;
  /** Begins again where it stopped. */
  retry(): void;
}

const FROM_THE_BEGINNING = { startSeconds: 0, isPlaying: false };

/**
 * Puts a playing video element into a media-chrome controller. Made here rather than rendered: the controller looks at the
 * element's renditions when it enters, so they have to be there before.
 */
export function usePlayer(controller: RefObject<HTMLElement | null>, source: PlayerSource): Player {
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [problem, setProblem] = useState<PlaybackProblem | null>(null);
  const [attempt, setAttempt] = useState(0);
  const resume = useRef(FROM_THE_BEGINNING);
  const { url, environmentKey, collector, assetId, title } = source;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt begins anew; a new title does not
  useEffect(() => {
    const element = document.createElement("video");
    element.slot = "media";
    element.playsInline = true;
    element.setAttribute("aria-label", title);
    setProblem(null);
    const { startSeconds, isPlaying } = resume.current;
    resume.current = FROM_THE_BEGINNING;
    element.autoplay = isPlaying;
    const { hls, detach } = attachHls(element, url, { startSeconds, onProblem: setProblem });
    const stopReporting =
      environmentKey === null
        ? () => undefined
        : reportViews(element, hls, { environmentKey, collector, assetId, title });
    controller.current?.prepend(element);
    setVideo(element);
    return () => {
      stopReporting();
      detach();
      element.remove();
      setVideo(null);
    };
  }, [controller, url, environmentKey, collector, assetId, attempt]);
  const retry = () => {
    if (video !== null) resume.current = { startSeconds: video.currentTime, isPlaying: !video.paused };
    setAttempt((count) => count + 1);
  };
  return { video, problem, retry };
}
