import { Skeleton } from "../ui/skeleton.tsx";

const ROWS = [60, 42, 52, 36, 48, 40] as const;

export function VideoListSkeleton() {
  return ROWS.map((widthPercent) => (
    <li key={widthPercent} aria-hidden className="video-grid px-3 py-2">
      <Skeleton className="aspect-video w-full" />
      <div style={{ width: `${widthPercent}%` }}>
        <Skeleton className="h-3.5" />
      </div>
    </li>
  ));
}
