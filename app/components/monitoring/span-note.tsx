import { usePlayheadMs } from "../../realtime/playhead.ts";

/** Which time the numbers are of: the tiles follow the playhead, the tables do not. */
export function SpanNote() {
  const atPlayhead = usePlayheadMs() !== null;
  return (
    <p className="ml-auto text-faint text-xs max-sm:hidden">
      {atPlayhead ? "Tables: the last 60 seconds before now" : "Quality: the last 60 seconds"}
    </p>
  );
}
