"use client";

import { formatChange, formatCount } from "../../../domain/format/format-count.ts";
import { type Picture, viewersBefore } from "../../../domain/monitoring/timeline.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { clock } from "./clock.ts";
import { startingUpOf } from "./measures.ts";
import { useShown } from "./use-shown.ts";

const COMPARED_MS = 300_000;

/** The number of the page: who watches now, or did at the playhead. */
export function ViewerCount({ picture }: { picture: Picture | null }) {
  const shown = useShown(picture);
  if (picture === null || shown === null) return <ViewerCountSkeleton />;
  const { viewers } = shown.measures;
  const before = viewersBefore(picture, COMPARED_MS);
  return (
    <div className="pb-4">
      <p className="text-muted text-sm">
        {shown.atMs === null ? "Watching now" : `Watching at ${clock.second(shown.atMs)}`}
      </p>
      <p
        data-testid="viewers"
        className="mt-1 mb-3 font-semibold text-[clamp(48px,5vw,64px)] leading-none tracking-[-0.045em]"
      >
        {formatCount(viewers)}
      </p>
      <dl className="flex min-h-10 gap-x-6 gap-y-1 text-sm min-[1100px]:block min-[1100px]:space-y-1">
        {shown.atMs === null && (
          <>
            <Fact title="starting up" value={formatCount(startingUpOf(shown.measures) ?? 0)} />
            {before !== null && <Fact title="in 5 minutes" value={formatChange(viewers - before)} />}
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
