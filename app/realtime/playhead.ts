"use client";

import { createContext, useContext, useSyncExternalStore } from "react";

/**
 * Where the person has put the playhead of the chart: the start of a bucket (Unix ms), or null for the live edge. A store of
 * its own, so that moving it redraws the numbers that follow it and not the page.
 */
export interface Playhead {
  get(): number | null;
  set(startMs: number | null): void;
  subscribe(listener: () => void): () => void;
}

export function createPlayhead(): Playhead {
  const listeners = new Set<() => void>();
  let position: number | null = null;
  return {
    get: () => position,
    set: (startMs) => {
      if (startMs === position) return;
      position = startMs;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const PlayheadContext = createContext<Playhead>(createPlayhead());

export function usePlayheadMs(): number | null {
  const playhead = useContext(PlayheadContext);
  return useSyncExternalStore(playhead.subscribe, playhead.get, () => null);
}
