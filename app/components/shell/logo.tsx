import { classNames } from "../ui/class-names.ts";

/** The playhead at the live edge: what has been played lies behind it. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 20 20" className={classNames("size-5", className)} aria-hidden role="presentation">
      <path d="M1.5 12.5h8.5" className="stroke-line-strong" strokeWidth="3" strokeLinecap="round" />
      <path d="M10.5 3v14.5" className="stroke-accent" strokeWidth="2" strokeLinecap="round" />
      <path d="M6 1.5h9v3.6L10.5 9 6 5.1z" className="fill-accent" />
    </svg>
  );
}

export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 font-semibold text-ink text-lg tracking-[-0.02em]">
      <LogoMark />
      playhead
    </span>
  );
}
