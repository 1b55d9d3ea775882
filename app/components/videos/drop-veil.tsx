import { Upload } from "lucide-react";

/** Says that what hangs above the window may be let go. */
export function DropVeil() {
  return (
    <div className="pointer-events-none fixed inset-0 z-40 grid place-items-center bg-canvas/80 p-3 lg:left-52">
      <div className="grid size-full place-items-center rounded-panel border-2 border-accent border-dashed">
        <p className="flex items-center gap-3 font-semibold text-accent text-xl">
          <Upload aria-hidden className="size-6" />
          Drop to upload
        </p>
      </div>
    </div>
  );
}
