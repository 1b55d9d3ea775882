"use client";

import { useState } from "react";
import { DIMENSION_TITLES } from "../../../domain/format/format-dimension.ts";
import type { MonitoringDimension } from "../../../domain/monitoring/dimensions.ts";
import type { FilterValue } from "../../../domain/monitoring/filter-params.ts";
import type { BreakdownRow, CurrentMeasures } from "../../../domain/monitoring/timeline.ts";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { BreakdownLine } from "./breakdown-line.tsx";
import { BreakdownSkeleton } from "./breakdown-skeleton.tsx";

const SHORT_ROWS = 8;

interface Props {
  dimension: MonitoringDimension;
  /** null: not here yet. */
  rows: readonly BreakdownRow[] | null;
  overall: CurrentMeasures | null;
  onFilter(value: FilterValue): void;
}

/** The audience by one dimension, the busiest first. Rows are buttons: they narrow the whole page. */
export function BreakdownPanel({ dimension, rows, overall, onFilter }: Props) {
  const [long, setLong] = useState(false);
  const title = DIMENSION_TITLES[dimension];
  const shown = rows?.slice(0, long ? rows.length : SHORT_ROWS) ?? [];
  const hidden = (rows?.length ?? 0) - SHORT_ROWS;
  return (
    <Panel aria-label={`By ${title.toLowerCase()}`} data-testid={`by-${dimension}`} className="min-w-0 p-2.5">
      <div className="breakdown-grid mb-1 px-1.5 text-faint text-2xs">
        <h2 className="font-medium text-ink text-sm">{title}</h2>
        <span className="text-right">Viewers</span>
        <span className="text-right">Share</span>
        <span className="text-right">Rebuf.</span>
      </div>
      <div className="sm:min-h-70">
        {rows === null || overall === null ? (
          <BreakdownSkeleton rows={SHORT_ROWS} />
        ) : shown.length === 0 ? (
          <p className="px-1.5 py-1.5 text-muted text-sm">Nobody is watching here.</p>
        ) : (
          <ul>
            {shown.map((row) => (
              <BreakdownLine
                key={row.value ?? ""}
                dimension={dimension}
                row={row}
                overall={overall}
                most={rows[0]?.viewers ?? 0}
                onFilter={onFilter}
              />
            ))}
          </ul>
        )}
        {hidden > 0 && (
          <Button kind="quiet" size="small" className="mt-1" aria-expanded={long} onClick={() => setLong(!long)}>
            {long ? "Show fewer" : `Show ${hidden} more`}
          </Button>
        )}
      </div>
    </Panel>
  );
}
