import { classNames } from "../ui/class-names.ts";

const WIDTH_PX = 72;
const EDGE_PX = WIDTH_PX - 7;
/** The rail's left end; beyond it the head stays there. */
const LONGEST_MS = 120_000;

interface Props {
  behindMs: number | null;
  live: boolean;
}

/** The playhead behind the live edge, the distance on a logarithmic scale: a second is seen, and so is a minute. */
export function DelayRail({ behindMs, live }: Props) {
  const share = Math.min(1, Math.log1p((behindMs ?? LONGEST_MS) / 500) / Math.log1p(LONGEST_MS / 500));
  const headPx = EDGE_PX - share * (EDGE_PX - 7);
  return (
    <svg
      width={WIDTH_PX}
      height="20"
      aria-hidden
      role="presentation"
      className={classNames("shrink-0", behindMs === null ? "text-faint" : live ? "text-accent" : "text-warn")}
    >
      <path d={`M2 13H${EDGE_PX}`} className="stroke-line-strong" strokeWidth="2" strokeLinecap="round" />
      <path d={`M${EDGE_PX} 6v13`} className="stroke-ink" strokeWidth="2" strokeLinecap="round" />
      <g transform={`translate(${headPx} 0)`}>
        <path d="M0 4v14" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
        <path d="M-5 1H5v4L0 9.5-5 5z" fill="currentColor" />
      </g>
    </svg>
  );
}
