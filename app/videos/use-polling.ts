"use client";

import { useEffect, useRef } from "react";

/**
 * Asks again and again, `periodMs` after each answer; not while nobody looks at the page, and at once when somebody does again.
 *
 * @param ask never rejects
 */
export function usePolling(ask: () => Promise<void>, periodMs: number): void {
  const newest = useRef(ask);
  useEffect(() => {
    newest.current = ask;
  });
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = () => {
      clearTimeout(timer);
      if (!stopped && !document.hidden) timer = setTimeout(turn, periodMs);
    };
    const turn = async () => {
      await newest.current();
      next();
    };
    const onVisibility = () => {
      clearTimeout(timer);
      if (!document.hidden) void turn();
    };
    next();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, [periodMs]);
}
