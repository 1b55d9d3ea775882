const ENTRIES = [
  { text: "Viewers", stroke: "var(--series-viewers)", width: 2 },
  { text: "Provisional", stroke: "var(--series-viewers)", width: 2, dash: "3 3" },
  { text: "Rebuffering", stroke: "var(--series-rebuffering)", width: 7 },
];

export function ChartKey() {
  return (
    <div className="flex items-center justify-between gap-4 whitespace-nowrap pb-2 text-muted text-xs">
      <span className="max-sm:hidden">Last 30 minutes</span>
      <ul className="flex gap-4">
        {ENTRIES.map(({ text, stroke, width, dash }) => (
          <li key={text} className="flex items-center gap-1.5">
            <svg width="15" height="8" aria-hidden role="presentation">
              <path d="M0 4h15" stroke={stroke} strokeWidth={width} strokeDasharray={dash} />
            </svg>
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
