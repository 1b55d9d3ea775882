import { Skeleton } from "../ui/skeleton.tsx";

export function BreakdownSkeleton({ rows }: { rows: number }) {
  const widths = Array.from({ length: rows }, (_, index) => `${70 - index * 6}%`);
  return (
    <div role="presentation">
      {widths.map((width) => (
        <div key={width} className="flex h-7.75 items-center px-2">
          <span style={{ width }}>
            <Skeleton className="h-3.5" />
          </span>
        </div>
      ))}
    </div>
  );
}
