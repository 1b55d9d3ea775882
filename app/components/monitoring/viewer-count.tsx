"use client";

import { formatChange, formatCount } from "../../../domain/format/format-count.ts";
import { type Picture, peakOf, viewersBefore } from "../../../domain/monitoring/timeline.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { clock } from "./clock.ts";
import { startingUpOf } from "./measures.ts";
import { useShown } from "./use-shown.ts";

const COMPARED_MS = 300_000;

interface Props {
  picture: Picture | null;
  /** "Now" is said only while it is true. */
  live: boolean;
}

/** The number of the page: who watches now, or did at the playhead. */
export function ViewerCount({ picture, live }: Props) {
  const shown = useShown(picture);
  if (picture === null || shown === null) return <ViewerCountSkeleton />;
  const { viewers } = shown.measures;
  const atMs = shown.atMs ?? (live ? null : picture.asOfMs);
  const before = viewersBefore(picture, COMPARED_MS);
  const peak = peakOf(picture);
  return (
    <div className="pb-4">
      <p className="text-muted text-sm">{atMs === null ? "Watching now" : `Watching at ${clock.second(atMs)}`}</p>
      <p
        data-testid="viewers"
        className="mt-1 mb-3 font-semibold text-[clamp(48px,5vw,64px)] leading-none tracking-[-0.035em]"
      >
        {formatCount(viewers)}
      </p>
      <dl className="flex min-h-10 flex-wrap gap-x-6 gap-y-1 text-sm wide:block wide:space-y-1">
        {shown.atMs === null && (
          <>
            <Fact title="starting up" value={formatCount(startingUpOf(shown.measures) ?? 0)} />
            {before !== null && <Fact title="in 5 minutes" value={formatChange(viewers - before)} />}
            {peak !== null && (
              <Fact title={`at the peak, ${clock.minute(peak.atMs)}`} value={formatCount(peak.viewers)} />
            )}
          </>
        )}
      </dl>
    </div>
  );
}

function Fact({ title, value }: { title: string; value: string }) {
  return (
    <div className="flex gap-1.5">
      <dd className="font-medium">{value}</dd>
      <dt className="order-last text-muted">{title}</dt>
    </div>
  );
}

function ViewerCountSkeleton() {
  return (
    <div className="pb-4">
      <p className="text-muted text-sm">Watching now</p>
      <Skeleton className="mt-1 mb-3 h-[clamp(48px,5vw,64px)] w-40" />
      <Skeleton className="h-10 w-28" />
    </div>
  );
}
