import type { ViewState } from "./view-state.ts";

/** Turns a client time into server time. */
export function serverTime({ clockOffsetMs }: ViewState, viewerTimeMs: number): number {
  return viewerTimeMs + (clockOffsetMs ?? 0);
}
