"use client";

import { useEffect, useState } from "react";

/** Where in its picture a video stands, in seconds; moves some four times a second while it plays. */
export function usePosition(video: HTMLVideoElement | null): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (video === null) return;
    const show = () => setSeconds(video.currentTime);
    show();
    for (const name of ["timeupdate", "seeking"]) video.addEventListener(name, show);
    return () => {
      for (const name of ["timeupdate", "seeking"]) video.removeEventListener(name, show);
    };
  }, [video]);
  return seconds;
}
