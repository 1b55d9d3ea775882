const ENTRIES = [
  { text: "Viewers", className: "h-0.5 bg-series-viewers" },
  { text: "Provisional", className: "h-0 border-series-viewers border-t-2 border-dashed" },
  { text: "Rebuffering", className: "h-2 bg-series-rebuffering/60" },
];

export function ChartKey() {
  return (
    <div className="flex items-center justify-between gap-4 pb-2 text-muted text-xs">
      <span>Last 30 minutes</span>
      <ul className="flex gap-4">
        {ENTRIES.map(({ text, className }) => (
          <li key={text} className="flex items-center gap-1.5">
            <span aria-hidden className={`w-3 ${className}`} />
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
