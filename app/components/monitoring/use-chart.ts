"use client";

import { type RefObject, useEffect, useRef } from "react";
import uPlot from "uplot";
import { type ChartColumns, chartColumns } from "../../../domain/monitoring/chart-columns.ts";
import { WINDOW_MS } from "../../../domain/monitoring/socket-wire.ts";
import type { Picture } from "../../../domain/monitoring/timeline.ts";
import { onThemeChange, readColors } from "./chart-colors.ts";
import { chartOptions } from "./chart-options.ts";

/** Keeps one uPlot in a box: made once, fed with every picture, resized and recoloured with the page, taken away with it. */
export function useChart(
  box: RefObject<HTMLDivElement | null>,
  picture: Picture,
  edgeMs: number,
  onCursor: (index: number | null) => void,
): RefObject<uPlot | null> {
  const chart = useRef<uPlot | null>(null);
  const newest = useRef({ picture, edgeMs, onCursor });

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let colors = readColors(element);
    const source = {
      colors: () => colors,
      edgeSeconds: () => newest.current.edgeMs / 1_000,
      asOfSeconds: () => newest.current.picture.asOfMs / 1_000,
      windowSeconds: WINDOW_MS / 1_000,
      onCursor: (index: number | null) => newest.current.onCursor(index),
    };
    const size = () => ({ width: element.clientWidth, height: element.clientHeight });
    const made = new uPlot(chartOptions(source, size()), alignedData(chartColumns(newest.current.picture)), element);
    chart.current = made;
    const resizing = new ResizeObserver(() => made.setSize(size()));
    resizing.observe(element);
    const endTheme = onThemeChange(() => {
      colors = readColors(element);
      made.redraw();
    });
    return () => {
      endTheme();
      resizing.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [box]);

  useEffect(() => {
    newest.current = { picture, edgeMs, onCursor };
    chart.current?.setData(alignedData(chartColumns(picture)));
  }, [picture, edgeMs, onCursor]);

  return chart;
}

function alignedData({ timeSeconds, closed, open, rebufferingPercent }: ChartColumns): uPlot.AlignedData {
  return [timeSeconds, closed, open, rebufferingPercent];
}
