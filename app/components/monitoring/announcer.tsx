"use client";

import { useEffect, useRef, useState } from "react";
import { formatViewers } from "../../../domain/format/format-count.ts";
import { formatDelay } from "../../../domain/format/format-duration.ts";
import { formatRatio } from "../../../domain/format/format-ratio.ts";
import type { LiveStatus } from "../../../domain/monitoring/live-status.ts";
import type { Picture } from "../../../domain/monitoring/timeline.ts";

/** Numbers are spoken at most this often; a change of the line's state at once. */
const SPOKEN_EVERY_MS = 60_000;

interface Props {
  picture: Picture | null;
  status: LiveStatus;
}

/** The page for those who hear it: a sentence a minute, and every stall. */
export function Announcer({ picture, status }: Props) {
  const [sentence, setSentence] = useState("");
  const newest = useRef({ picture, status });
  useEffect(() => {
    newest.current = { picture, status };
  });
  useEffect(() => setSentence(speak(newest.current, status.kind)), [status.kind]);
  useEffect(() => {
    const timer = setInterval(() => setSentence(speak(newest.current, newest.current.status.kind)), SPOKEN_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p aria-live="polite" className="sr-only">
      {sentence}
    </p>
  );
}

function speak({ picture, status }: Props, kind: LiveStatus["kind"]): string {
  if (picture === null || status.kind === "connecting") return "";
  if (kind === "stalled") return `The numbers stand still, ${formatDelay(status.behindMs)} behind live.`;
  if (kind === "disconnected") return "Connection lost. The last known numbers are shown.";
  const { viewers, rebufferingRatio } = picture.current;
  return `${formatViewers(viewers)} now, rebuffering ${formatRatio(rebufferingRatio)}.`;
}
