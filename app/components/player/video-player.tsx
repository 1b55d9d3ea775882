"use client";

import { MediaController, MediaLoadingIndicator, MediaPlayButton, MediaPosterImage } from "media-chrome/react";
import { useEffect, useRef } from "react";
import { PROBLEM_SENTENCES } from "../../player/attach-hls.ts";
import { type PlayerSource, usePlayer } from "../../player/use-player.ts";
import { useSlow } from "../../player/use-slow.ts";
import { Button } from "../ui/button.tsx";
import { PlayerControls } from "./player-controls.tsx";

export interface VideoPlayerProps {
  source: PlayerSource;
  /** Null: nothing can be seen, for there is only sound. */
  posterUrl: string | null;
  onVideo(video: HTMLVideoElement | null): void;
}

/** Our own player; in the browser alone, for it is made of custom elements. */
export default function VideoPlayer({ source, posterUrl, onVideo }: VideoPlayerProps) {
  const controller = useRef<HTMLElement>(null);
  const { video, problem, retry } = usePlayer(controller, source);
  useEffect(() => onVideo(video), [video, onVideo]);
  const isSlow = useSlow(video);
  const isSoundOnly = posterUrl === null;
  return (
    <>
      <MediaController ref={controller as never} audio={isSoundOnly} className="player" data-testid="player">
        {posterUrl !== null && <MediaPosterImage slot="poster" src={posterUrl} />}
        {!isSoundOnly && <MediaLoadingIndicator slot="centered-chrome" noAutohide />}
        {!isSoundOnly && <MediaPlayButton slot="centered-chrome" className="player-start" />}
        <PlayerControls isSoundOnly={isSoundOnly} />
      </MediaController>
      {isSlow && problem === null && (
        <p role="status" className="pointer-events-none absolute inset-x-0 top-4 px-4 text-center">
          <span className="inline-block rounded-control bg-picture-scrim px-3 py-1.5 text-on-picture text-sm">
            This part is not made yet. It plays as soon as it is.
          </span>
        </p>
      )}
      {problem !== null && (
        <div role="alert" className="absolute inset-0 grid place-items-center bg-picture-ground p-4">
          <div className="text-center text-on-picture">
            <p className="mb-3">{PROBLEM_SENTENCES[problem]}</p>
            <Button onClick={retry}>Try again</Button>
          </div>
        </div>
      )}
    </>
  );
}
