"use client";

import { useEffect, useState } from "react";

/** A segment that has to be made first takes a second or two; a player without a word is given up after some ten. */
const PATIENCE_MS = 8_000;
const LOOK_EVERY_MS = 1_000;

/** True while a video that should play has been waiting for so long that a person wants to know why. */
export function useSlow(video: HTMLVideoElement | null): boolean {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    setIsSlow(false);
    if (video === null) return;
    let waitingMs = 0;
    const timer = setInterval(() => {
      const isWaiting = !video.paused && !video.ended && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
      waitingMs = isWaiting ? waitingMs + LOOK_EVERY_MS : 0;
      setIsSlow(waitingMs >= PATIENCE_MS);
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [video]);
  return isSlow;
}
