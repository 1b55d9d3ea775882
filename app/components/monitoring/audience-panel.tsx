"use client";

import dynamic from "next/dynamic";
import type { LiveStatus } from "../../../domain/monitoring/live-status.ts";
import type { Picture } from "../../../domain/monitoring/timeline.ts";
import { Panel } from "../ui/panel.tsx";
import { ChartKey } from "./chart-key.tsx";
import { ChartSkeleton } from "./chart-skeleton.tsx";
import { ViewerCount } from "./viewer-count.tsx";

/** uPlot needs a window when it is loaded. */
const AudienceChart = dynamic(async () => (await import("./audience-chart.tsx")).AudienceChart, { ssr: false });

interface Props {
  picture: Picture | null;
  status: LiveStatus;
}

export function AudiencePanel({ picture, status }: Props) {
  return (
    <Panel aria-label="Audience" className="grid gap-x-4 p-4 pb-2 sm:p-5 sm:pb-3 wide:grid-cols-[216px_minmax(0,1fr)]">
      <ViewerCount picture={picture} live={status.kind === "live"} />
      <div className="min-w-0">
        <ChartKey />
        <div className="h-60 sm:h-68 wide:h-76">
          {picture === null ? <ChartSkeleton /> : <AudienceChart picture={picture} status={status} />}
        </div>
      </div>
    </Panel>
  );
}
