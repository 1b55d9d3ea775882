import { formatDelay } from "../../../domain/format/format-duration.ts";
import type { LiveStatus } from "../../../domain/monitoring/live-status.ts";
import { clock } from "./clock.ts";
import { DelayRail } from "./delay-rail.tsx";

/** How far behind live the numbers are; always there. */
export function LiveDelay({ status }: { status: LiveStatus }) {
  return (
    <div className="ml-auto flex min-w-0 items-center gap-3 text-sm" data-testid="delay">
      <span className="truncate">{sentence(status)}</span>
      <DelayRail behindMs={status.kind === "connecting" ? null : status.behindMs} live={status.kind === "live"} />
    </div>
  );
}

function sentence(status: LiveStatus) {
  switch (status.kind) {
    case "connecting":
      return <span className="text-muted">Connecting…</span>;
    case "live":
      return (
        <>
          <span className="font-medium">{formatDelay(status.behindMs)}</span>
          <span className="text-muted"> behind live</span>
        </>
      );
    case "stalled":
      return (
        <span className="text-warn">
          <b className="font-semibold">Stalled since {clock.second(status.sinceMs)}</b>, {formatDelay(status.behindMs)}{" "}
          behind.
          <span className="max-sm:hidden"> These are the last known numbers.</span>
        </span>
      );
    case "disconnected":
      return (
        <span className="text-warn">
          <b className="font-semibold">Disconnected.</b> Numbers of {clock.second(status.sinceMs)},{" "}
          {formatDelay(status.behindMs)} behind.
          <span className="max-sm:hidden"> Reconnecting…</span>
        </span>
      );
  }
}
