import { useMemo } from "react";
import { sparklinePath } from "../../../domain/monitoring/sparkline.ts";
import { classNames } from "../ui/class-names.ts";

const WIDTH_PX = 240;
const HEIGHT_PX = 30;
/** Of 360 values four share a column. */
const COLUMNS = 90;

interface Props {
  values: readonly (number | null)[];
  least: number;
  className: string;
  /** The value under the playhead. */
  index: number | null;
}

/** The half hour of one measure; its shape, not its scale. */
export function Sparkline({ values, least, className, index }: Props) {
  const path = useMemo(() => {
    const max = values.reduce<number>((top, value) => Math.max(top, value ?? 0), least);
    return sparklinePath(values, { widthPx: WIDTH_PX, heightPx: HEIGHT_PX - 3, columns: COLUMNS, max });
  }, [values, least]);
  const cursorPx = index === null ? null : (index / Math.max(1, values.length - 1)) * WIDTH_PX;
  return (
    <svg
      viewBox={`0 -1.5 ${WIDTH_PX} ${HEIGHT_PX}`}
      preserveAspectRatio="none"
      className="h-7.5 w-full overflow-visible"
      aria-hidden
      role="presentation"
    >
      <path d={`M0 ${HEIGHT_PX - 3}H${WIDTH_PX}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
      <path
        d={path}
        className={classNames("fill-none", className)}
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
      {cursorPx !== null && (
        <path d={`M${cursorPx} -1.5v${HEIGHT_PX}`} className="stroke-ink" vectorEffect="non-scaling-stroke" />
      )}
    </svg>
  );
}
