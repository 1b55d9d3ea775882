import { describeStanding, standingOf } from "../../videos/asset-facts.ts";
import type { Asset } from "../../videos/wire.ts";
import { classNames } from "../ui/class-names.ts";
import { ProgressBar } from "../ui/progress-bar.tsx";

const LOOK = {
  preparing: "text-accent",
  converting: "text-accent",
  ready: "text-muted",
  errored: "font-medium text-bad",
} as const;

/** Where a video stands on its way to being ready. */
export function StandingLabel({ asset }: { asset: Asset }) {
  const standing = standingOf(asset);
  const text = describeStanding(asset);
  return (
    <span className={classNames("block text-sm", LOOK[standing])} data-standing={standing}>
      {text}
      {(standing === "preparing" || standing === "converting") && (
        <ProgressBar ratio={asset.convertedRatio} label={text} className="mt-1 max-w-24" />
      )}
    </span>
  );
}
