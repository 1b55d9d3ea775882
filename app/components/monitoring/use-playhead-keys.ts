"use client";

import { type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import type uPlot from "uplot";
import { type Picture, pointTimeMs } from "../../../domain/monitoring/timeline.ts";

/** A minute of buckets. */
const PAGE = 12;
const OFF = { left: -10, top: -10 };

interface Keys {
  onKeyDown(event: KeyboardEvent): void;
  onBlur(): void;
}

/** Moves the chart's cursor by keyboard. What it was put on stays under it while time moves on. */
export function usePlayheadKeys(chart: RefObject<uPlot | null>, picture: Picture): Keys {
  const held = useRef<number | null>(null);
  const put = (index: number | null) => {
    const bucket = index === null ? undefined : picture.buckets[index];
    held.current = bucket?.startMs ?? null;
    const plot = chart.current;
    if (plot === null) return;
    if (bucket === undefined) return plot.setCursor(OFF);
    plot.setCursor({ left: plot.valToPos(pointTimeMs(bucket, picture.asOfMs) / 1_000, "x"), top: 0 });
  };
  useEffect(() => {
    if (held.current === null) return;
    const index = picture.buckets.findIndex(({ startMs }) => startMs === held.current);
    put(index === -1 ? null : index);
  });
  return {
    onKeyDown: (event) => {
      const last = picture.buckets.length - 1;
      const at = held.current === null ? last : picture.buckets.findIndex(({ startMs }) => startMs === held.current);
      const to = target(event.key, at, last);
      if (to === undefined) return;
      event.preventDefault();
      put(to === null ? null : Math.max(0, Math.min(last, to)));
    },
    onBlur: () => {
      if (held.current !== null) put(null);
    },
  };
}

/** Where a key leads: an index, null for the live edge, undefined when the key is not ours. */
function target(key: string, at: number, last: number): number | null | undefined {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return at - 1;
    case "ArrowRight":
    case "ArrowUp":
      return at + 1;
    case "PageDown":
      return at - PAGE;
    case "PageUp":
      return at + PAGE;
    case "Home":
      return 0;
    case "End":
      return last;
    case "Escape":
      return null;
    default:
      return undefined;
  }
}
