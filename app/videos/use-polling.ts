"use client";

import { useEffect, useRef } from "react";

/**
 * Asks at once and again and again, `periodMs` after each answer; not while nobody looks at the page, and at once when somebody
 * does again. At once, because a page that the router shows again may be as old as its last visit.
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
    void turn();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, [periodMs]);
}
