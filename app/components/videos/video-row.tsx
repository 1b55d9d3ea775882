import Link from "next/link";
import { formatAge, formatMoment } from "../../../domain/format/format-age.ts";
import { NOTHING } from "../../../domain/format/format-count.ts";
import { formatTimecode } from "../../../domain/format/format-timecode.ts";
import { describePolicies, describeResolution, nameOf } from "../../videos/asset-facts.ts";
import type { PublicHosts } from "../../videos/public-hosts.ts";
import { assetPath } from "../../videos/video-links.ts";
import type { Asset } from "../../videos/wire.ts";
import { StandingLabel } from "./standing-label.tsx";
import { VideoThumbnail } from "./video-thumbnail.tsx";

interface Props {
  asset: Asset;
  environment: string;
  hosts: PublicHosts;
  nowMs: number;
}

/** One video. The whole row leads to its page. */
export function VideoRow({ asset, environment, hosts, nowMs }: Props) {
  const duration = formatTimecode(asset.durationSeconds);
  return (
    <li className="video-grid relative px-3 py-2 hover:bg-sunken/60" data-testid="video">
      <VideoThumbnail asset={asset} hosts={hosts} />
      <div className="min-w-0">
        <Link
          href={assetPath(environment, asset.id)}
          prefetch={false} // each would ask the server for its video
          className="block truncate font-medium after:absolute after:inset-0 after:rounded-control"
        >
          {nameOf(asset)}
        </Link>
        {asset.status === "errored" ? (
          <p className="line-clamp-2 text-bad text-xs">{asset.errors.join(" ")}</p>
        ) : (
          <p className="truncate font-mono text-2xs text-faint max-sm:hidden">{asset.id}</p>
        )}
        <div className="flex items-baseline gap-2 text-muted text-xs sm:hidden">
          {asset.status === "ready" ? <span>{duration}</span> : <StandingLabel asset={asset} />}
          <Age asset={asset} nowMs={nowMs} />
        </div>
      </div>
      <div className="max-sm:hidden">
        <StandingLabel asset={asset} />
      </div>
      <span className="text-right text-sm max-sm:hidden">{duration}</span>
      <span className="text-muted text-sm max-wide:hidden">{describeResolution(asset) ?? NOTHING}</span>
      <span className="truncate text-muted text-sm max-wide:hidden">{describePolicies(asset) ?? NOTHING}</span>
      <span className="text-right text-muted text-sm max-sm:hidden">
        <Age asset={asset} nowMs={nowMs} />
      </span>
    </li>
  );
}

function Age({ asset, nowMs }: Pick<Props, "asset" | "nowMs">) {
  return (
    <time
      suppressHydrationWarning // the server's clock and zone are not the reader's
      dateTime={new Date(asset.createdAtMs).toISOString()}
      title={formatMoment(asset.createdAtMs)}
    >
      {formatAge(asset.createdAtMs, nowMs)}
    </time>
  );
}
