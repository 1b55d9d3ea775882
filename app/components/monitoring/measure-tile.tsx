"use client";

import { CircleHelp } from "lucide-react";
import type { Picture } from "../../../domain/monitoring/timeline.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import type { MeasureView } from "./measures.ts";
import { Sparkline } from "./sparkline.tsx";
import { useShown } from "./use-shown.ts";

interface Props {
  measure: MeasureView;
  picture: Picture | null;
}

/** One measure over the last minute, or at the playhead, above its half hour. */
export function MeasureTile({ measure, picture }: Props) {
  const shown = useShown(picture);
  const quantity = shown && measure.value(shown.measures);
  return (
    <div
      data-testid={measure.id}
      className="bg-surface p-4 pb-3 first:max-sm:col-span-2 sm:col-span-2 sm:max-wide:nth-[n+4]:col-span-3 wide:col-span-1"
    >
      <div className="flex items-center gap-1 text-muted text-sm">
        <span className="truncate">{measure.title}</span>
        <Tooltip text={measure.definition}>
          <button
            type="button"
            aria-label={`What ${measure.title} means`}
            className="rounded-full text-faint hover:text-ink"
          >
            <CircleHelp aria-hidden className="size-3.5" />
          </button>
        </Tooltip>
      </div>
      <div className="mt-0.5 mb-2 flex h-9 items-baseline gap-1">
        {quantity === null ? (
          <Skeleton className="h-7 w-20 self-center" />
        ) : (
          <>
            <span className="font-semibold text-2xl tracking-[-0.03em]">{quantity.value}</span>
            <span className="text-muted text-sm">{quantity.unit}</span>
            <span className="ml-auto text-muted text-xs">{shown && measure.aside?.(shown.measures)}</span>
          </>
        )}
      </div>
      <Sparkline
        values={picture?.buckets.map(measure.number) ?? []}
        least={measure.least}
        className={measure.stroke}
        index={shown?.index ?? null}
      />
    </div>
  );
}
