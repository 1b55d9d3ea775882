const WIDTH_PX = 900;
const HEIGHT_PX = 900;
const EDGE_PX = 640;
const BASE_PX = 690;
const TICKS = Array.from({ length: 13 }, (_, tick) => tick);

/** An evening's audience, drawn up to now: arrivals, a break, the climax. Only to look at. */
export function TimelineMotif() {
  const line = audience();
  return (
    <div aria-hidden className="absolute inset-0 hidden lg:static lg:block">
      <svg viewBox={`0 0 ${WIDTH_PX} ${HEIGHT_PX}`} preserveAspectRatio="xMinYMid slice" className="size-full">
        <title>Audience</title>
        <defs>
          <linearGradient id="fade" x1="0" x2="0" y1="0" y2="1">
            <stop offset="0" stopColor="var(--series-viewers)" stopOpacity="0.28" />
            <stop offset="1" stopColor="var(--series-viewers)" stopOpacity="0" />
          </linearGradient>
        </defs>
        {TICKS.map((tick) => (
          <path
            key={tick}
            d={`M${tick * 80 - 0.5} ${BASE_PX}v${tick % 3 === 0 ? 14 : 7}`}
            stroke="var(--line-strong)"
          />
        ))}
        <path d={`M0 ${BASE_PX}H${WIDTH_PX}`} stroke="var(--line-strong)" />
        <path d={`M0 ${BASE_PX}${line.replace("M", "L")}V${BASE_PX}z`} fill="url(#fade)" />
        <path d={line} fill="none" stroke="var(--series-viewers)" strokeWidth="2" strokeLinejoin="round" />
        <path d={`M${EDGE_PX} 212V${BASE_PX + 26}`} stroke="var(--accent)" strokeWidth="2" />
        <path d={`M${EDGE_PX - 13} 190h26v11l-13 13-13-13z`} fill="var(--accent)" />
      </svg>
    </div>
  );
}

function audience(): string {
  const points = Array.from({ length: 129 }, (_, index) => {
    const t = index / 128;
    const arrival = 1 / (1 + Math.exp(-(t - 0.22) * 18));
    const halfTime = 0.2 * Math.exp(-(((t - 0.58) / 0.055) ** 2));
    const climax = 0.16 * Math.max(0, t - 0.6);
    const ripple = 0.006 * Math.sin(index * 1.1) + 0.008 * Math.sin(index * 0.43);
    const share = 0.74 * arrival - halfTime + climax + ripple * arrival;
    return `${(t * EDGE_PX).toFixed(1)} ${(BASE_PX - share * 470).toFixed(1)}`;
  });
  return `M${points.join("L")}`;
}
