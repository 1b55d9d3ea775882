import { classNames } from "./class-names.ts";

/** Holds the place of something that is on its way; as large as what will stand there. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={classNames("block animate-pulse rounded-xs bg-line", className)} />;
}
