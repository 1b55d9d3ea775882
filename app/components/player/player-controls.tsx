import {
  MediaControlBar,
  MediaFullscreenButton,
  MediaMuteButton,
  MediaPipButton,
  MediaPlayButton,
  MediaTimeDisplay,
  MediaTimeRange,
  MediaVolumeRange,
} from "media-chrome/react";
import { MediaRenditionMenu, MediaRenditionMenuButton } from "media-chrome/react/menu";

/** The controls below the picture; keys work on the whole player (space, arrows, m, f). Sound needs fewer. */
export function PlayerControls({ isSoundOnly }: { isSoundOnly: boolean }) {
  return (
    <>
      {!isSoundOnly && <div className="player-shade" />}
      {!isSoundOnly && <MediaRenditionMenu hidden anchor="auto" />}
      <MediaTimeRange />
      <MediaControlBar className="player-bar">
        <MediaPlayButton />
        <MediaMuteButton />
        <MediaVolumeRange />
        <MediaTimeDisplay showDuration />
        <span className="grow" />
        {!isSoundOnly && (
          <>
            <MediaRenditionMenuButton />
            <MediaPipButton />
            <MediaFullscreenButton />
          </>
        )}
      </MediaControlBar>
    </>
  );
}
