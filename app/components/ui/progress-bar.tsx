import { classNames } from "./class-names.ts";

interface Props {
  /** 0..1; null: something is happening, but nobody knows how much of it. */
  ratio: number | null;
  label: string;
  className?: string;
}

export function ProgressBar({ ratio, label, className }: Props) {
  const percent = ratio === null ? null : Math.round(Math.min(1, Math.max(0, ratio)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { "aria-valuenow": percent })}
      className={classNames("h-1 overflow-hidden rounded-full bg-bar", className)}
    >
      <div
        className={classNames("h-full rounded-full bg-accent", percent === null && "w-full animate-pulse opacity-50")}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
