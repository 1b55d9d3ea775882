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

/** The controls below the picture; keys work on the whole player (space, arrows, m, f). */
export function PlayerControls() {
  return (
    <>
      <div className="player-shade" />
      <MediaRenditionMenu hidden anchor="auto" />
      <MediaTimeRange />
      <MediaControlBar className="player-bar">
        <MediaPlayButton />
        <MediaMuteButton />
        <MediaVolumeRange className="max-sm:hidden" />
        <MediaTimeDisplay showDuration />
        <span className="grow" />
        <MediaRenditionMenuButton />
        <MediaPipButton className="max-sm:hidden" />
        <MediaFullscreenButton />
      </MediaControlBar>
    </>
  );
}
