import type { Picture } from "../../../domain/monitoring/timeline.ts";
import { MeasureTile } from "./measure-tile.tsx";
import { MEASURES } from "./measures.ts";

export function MeasureTiles({ picture }: { picture: Picture | null }) {
  return (
    <section
      aria-label="Quality"
      className="grid grid-cols-2 gap-px overflow-hidden rounded-panel border bg-line sm:grid-cols-6 wide:grid-cols-5"
    >
      {MEASURES.map((measure) => (
        <MeasureTile key={measure.id} measure={measure} picture={picture} />
      ))}
    </section>
  );
}
