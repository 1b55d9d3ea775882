"use client";

import { useEffect, useState } from "react";

const SECOND_MS = 1_000;

/** The page's clock, once a second or as often as told. */
export function useNow(everyMs = SECOND_MS): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
