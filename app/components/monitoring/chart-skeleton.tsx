/** The chart's ground: its lines stand where those of the chart will. */
export function ChartSkeleton() {
  return (
    <div aria-hidden className="flex h-full flex-col pt-2.5 pr-10 pb-6 pl-11">
      <div className="flex-1 border-t" />
      <div className="flex-1 border-t" />
      <div className="flex-1 border-t" />
      <div className="flex-1 border-y" />
    </div>
  );
}
