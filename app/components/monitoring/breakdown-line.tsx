import { CircleMinus } from "lucide-react";
import type { MouseEvent } from "react";
import { formatCount, formatViewers } from "../../../domain/format/format-count.ts";
import { DIMENSION_TITLES, formatDimensionValue } from "../../../domain/format/format-dimension.ts";
import { formatRatio, formatShare } from "../../../domain/format/format-ratio.ts";
import { compareRebuffering } from "../../../domain/monitoring/compare.ts";
import type { MonitoringDimension } from "../../../domain/monitoring/dimensions.ts";
import type { FilterValue } from "../../../domain/monitoring/filter-params.ts";
import type { BreakdownRow, CurrentMeasures } from "../../../domain/monitoring/timeline.ts";
import { classNames } from "../ui/class-names.ts";

interface Props {
  dimension: MonitoringDimension;
  row: BreakdownRow;
  overall: CurrentMeasures;
  /** Viewers of the busiest row: the length of a whole bar. */
  most: number;
  onFilter(value: FilterValue): void;
}

const RATIO_LOOK = {
  normal: "text-muted",
  worse: "rounded-xs bg-warn-soft px-1 font-medium text-warn",
  bad: "rounded-xs bg-bad-soft px-1 font-semibold text-bad",
} as const;

export function BreakdownLine({ dimension, row, overall, most, onFilter }: Props) {
  const name = formatDimensionValue(dimension, row.value);
  const standing = compareRebuffering(row, overall);
  const filter = (negated: boolean) => onFilter({ dimension, value: row.value ?? "", negated });
  const choose = (event: MouseEvent) => filter(event.altKey);
  const spoken = `Only ${DIMENSION_TITLES[dimension].toLowerCase()} ${name}: ${formatViewers(row.viewers)}, rebuffering ${formatRatio(row.rebufferingRatio)}${standing === "normal" ? "" : ", worse than the whole"}`;
  return (
    <li className="group relative" data-standing={standing}>
      <span
        aria-hidden
        style={{ width: `${most > 0 ? (row.viewers / most) * 100 : 0}%` }}
        className={classNames("absolute inset-y-0.5 left-0 rounded-xs", standing === "bad" ? "bg-bad-soft" : "bg-bar")}
      />
      <button
        type="button"
        onClick={choose}
        aria-label={spoken}
        title={`${name} (click: only this; Alt-click: without this)`}
        className="breakdown-grid relative h-7.75 w-full rounded-xs px-1.5 text-left text-sm hover:bg-accent-soft/60"
      >
        <span className={classNames("truncate", row.value === null && "text-muted italic")}>
          {dimension === "country" && row.value !== null && (
            <span aria-hidden className="inline-block w-6 text-2xs text-muted">
              {row.value}
            </span>
          )}
          {name}
        </span>
        <span className="text-right font-medium">{formatCount(row.viewers)}</span>
        <span className="pointer-fine:group-focus-within:invisible pointer-fine:group-hover:invisible text-right text-muted text-xs">
          {formatShare(row.viewers, overall.viewers)}
        </span>
        <span className="text-right text-xs">
          <span className={RATIO_LOOK[standing]}>{formatRatio(row.rebufferingRatio)}</span>
        </span>
      </button>
      <button
        type="button"
        aria-label={`Exclude ${DIMENSION_TITLES[dimension].toLowerCase()} ${name}`}
        title={`Exclude ${name}`}
        onClick={() => filter(true)}
        className="absolute inset-y-0 right-13.5 grid w-8 place-items-center rounded-xs text-muted opacity-0 hover:text-ink focus-visible:opacity-100 group-hover:opacity-100 pointer-coarse:right-0 pointer-coarse:opacity-70"
      >
        <CircleMinus aria-hidden className="size-3.5" />
      </button>
    </li>
  );
}
