"use client";

import { MediaController, MediaLoadingIndicator, MediaPlayButton, MediaPosterImage } from "media-chrome/react";
import { useEffect, useRef } from "react";
import { PROBLEM_SENTENCES } from "../../player/attach-hls.ts";
import { type PlayerSource, usePlayer } from "../../player/use-player.ts";
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
  const isSoundOnly = posterUrl === null;
  return (
    <>
      <MediaController ref={controller as never} audio={isSoundOnly} className="player" data-testid="player">
        {posterUrl !== null && <MediaPosterImage slot="poster" src={posterUrl} />}
        {!isSoundOnly && <MediaLoadingIndicator slot="centered-chrome" noAutohide />}
        {!isSoundOnly && <MediaPlayButton slot="centered-chrome" className="player-start" />}
        <PlayerControls isSoundOnly={isSoundOnly} />
      </MediaController>
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
