"use client";

import { Tooltip as TooltipScope } from "radix-ui";
import { useMemo } from "react";
import type { MonitoringDimension } from "../../../domain/monitoring/dimensions.ts";
import { isEmptyPicture } from "../../../domain/monitoring/timeline.ts";
import { createPlayhead, PlayheadContext } from "../../realtime/playhead.ts";
import { useFilters } from "../../realtime/use-filters.ts";
import { useLiveStatus } from "../../realtime/use-live-status.ts";
import { useMonitoring } from "../../realtime/use-monitoring.ts";
import type { Environment } from "../../session/wire.ts";
import { classNames } from "../ui/class-names.ts";
import { Announcer } from "./announcer.tsx";
import { AudiencePanel } from "./audience-panel.tsx";
import { BreakdownPanel } from "./breakdown-panel.tsx";
import { EmptyAudience } from "./empty-audience.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { MeasureTiles } from "./measure-tiles.tsx";
import { PageHeader } from "./page-header.tsx";
import { ProblemNotice } from "./problem-notice.tsx";

const BREAKDOWNS: readonly MonitoringDimension[] = ["video_title", "country", "device_category", "cdn"];

interface Props {
  environment: Environment;
  /** host:port for beacons. */
  collector: string;
}

export function MonitoringPage({ environment, collector }: Props) {
  const playhead = useMemo(createPlayhead, []);
  const { filters, add, remove, clear } = useFilters();
  const live = useMonitoring(environment.id, { filters, breakdowns: BREAKDOWNS });
  const { picture, pending, problem } = live;
  const status = useLiveStatus(live);
  const dimmed = pending || status.kind === "disconnected";
  const empty = picture !== null && !pending && filters.length === 0 && isEmptyPicture(picture);
  return (
    <TooltipScope.Provider>
      <PlayheadContext value={playhead}>
        <PageHeader environment={environment} status={status} />
        <main className="mx-auto max-w-[1680px] space-y-3 px-4 pt-3 pb-8 sm:px-6">
          {problem !== null && <ProblemNotice problem={problem} onClear={clear} />}
          <FilterBar filters={filters} hint={!empty} onRemove={remove} onClear={clear} />
          <div className={classNames("space-y-3 transition-opacity duration-300", dimmed && "opacity-50")}>
            <AudiencePanel picture={picture} status={status} />
            {empty ? (
              <EmptyAudience environmentKey={environment.environmentKey} collector={collector} />
            ) : (
              <>
                <MeasureTiles picture={picture} />
                <div className="grid gap-3 sm:grid-cols-2 full:grid-cols-[1.35fr_1.2fr_1fr_1fr]">
                  {BREAKDOWNS.map((dimension) => (
                    <BreakdownPanel
                      key={dimension}
                      dimension={dimension}
                      rows={picture?.breakdowns[dimension] ?? null}
                      overall={picture?.current ?? null}
                      onFilter={add}
                    />
                  ))}
                </div>
              </>
            )}
          </div>
        </main>
        <Announcer picture={picture} status={status} />
      </PlayheadContext>
    </TooltipScope.Provider>
  );
}
