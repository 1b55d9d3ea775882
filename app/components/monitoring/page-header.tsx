import type { LiveStatus } from "../../../domain/monitoring/live-status.ts";
import type { Environment } from "../../session/wire.ts";
import { classNames } from "../ui/class-names.ts";
import { LiveDelay } from "./live-delay.tsx";

interface Props {
  environment: Environment;
  status: LiveStatus;
}

/** Title and delay. When the numbers stand still the whole strip says so. */
export function PageHeader({ environment, status }: Props) {
  const troubled = status.kind === "stalled" || status.kind === "disconnected";
  return (
    <header
      data-status={status.kind}
      className={classNames(
        "sticky top-0 z-20 flex min-h-14 flex-wrap items-center gap-x-3 border-b px-4 py-2 transition-colors sm:px-6",
        troubled ? "border-warn/40 bg-warn-soft" : "bg-canvas",
      )}
    >
      <h1 className="font-semibold text-lg tracking-[-0.01em]">Monitoring</h1>
      <span className="rounded-xs border px-1.5 font-medium text-2xs text-muted">{environment.type}</span>
      <LiveDelay status={status} />
    </header>
  );
}
