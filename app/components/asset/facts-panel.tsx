import type { ReactNode } from "react";
import { formatMoment } from "../../../domain/format/format-age.ts";
import { formatTimecode } from "../../../domain/format/format-timecode.ts";
import {
  describeIngest,
  describeReason,
  describeResolution,
  describeTrack,
  isSoundOnly,
} from "../../videos/asset-facts.ts";
import type { Asset } from "../../videos/wire.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Panel } from "../ui/panel.tsx";
import { StandingLabel } from "../videos/standing-label.tsx";

/** What there is to know. What is not known has no line. */
export function FactsPanel({ asset }: { asset: Asset }) {
  const reasons = Object.entries(asset.nonStandardReasons);
  const resolution = describeResolution(asset);
  return (
    <Panel aria-label="About this video" className="p-4">
      <h2 className="mb-2 font-medium">About this video</h2>
      <dl className="grid grid-cols-[104px_minmax(0,1fr)] gap-y-1 text-sm">
        <Fact name="Status">
          <StandingLabel asset={asset} />
        </Fact>
        {asset.durationSeconds !== null && <Fact name="Duration">{formatTimecode(asset.durationSeconds)}</Fact>}
        {resolution !== null && !isSoundOnly(asset) && <Fact name="Resolution">{resolution}</Fact>}
        {asset.aspectRatio !== null && <Fact name="Aspect ratio">{asset.aspectRatio}</Fact>}
        {asset.frameRate !== null && <Fact name="Frame rate">{`${asset.frameRate} fps`}</Fact>}
        {asset.tracks.length > 0 && (
          <Fact name="Tracks">
            {asset.tracks.map((track) => (
              <span key={track.id} className="block">
                {describeTrack(track)}
              </span>
            ))}
          </Fact>
        )}
        {reasons.length > 0 && (
          <Fact name="Converted for">
            {reasons.map(([key, value]) => (
              <span key={key} className="block">
                {describeReason(key, value)}
              </span>
            ))}
          </Fact>
        )}
        <Fact name="Created">
          <time suppressHydrationWarning dateTime={new Date(asset.createdAtMs).toISOString()}>
            {formatMoment(asset.createdAtMs)}
          </time>
        </Fact>
        {asset.ingestType !== null && <Fact name="Came by">{describeIngest(asset.ingestType)}</Fact>}
        {asset.passthrough !== null && <Fact name="Passthrough">{asset.passthrough}</Fact>}
        <IdFact name="Asset id" id={asset.id} />
        {asset.uploadId !== null && <IdFact name="Upload id" id={asset.uploadId} />}
      </dl>
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="py-0.5 text-faint">{name}</dt>
      <dd className="wrap-anywhere min-w-0 py-0.5">{children}</dd>
    </>
  );
}

function IdFact({ name, id }: { name: string; id: string }) {
  return (
    <Fact name={name}>
      <span className="flex items-center gap-1">
        <span className="truncate font-mono text-xs" title={id}>
          {id}
        </span>
        <span className="-my-1 ml-auto">
          <CopyButton text={id} what={name.toLowerCase()} />
        </span>
      </span>
    </Fact>
  );
}
