/**
 * The `d` of an SVG path through the values, left to right over the whole width, 0 at the bottom. Gaps stay gaps; a value
 * alone between gaps becomes a dot (a round line cap draws it). At most `columns` points: several values share a column,
 * and the largest is drawn, for a peak must not vanish.
 */
export function sparklinePath(
  values: readonly (number | null)[],
  size: { widthPx: number; heightPx: number; columns: number; max: number },
): string {
  const { widthPx, heightPx, columns, max } = size;
  const points = maxPerColumn(values, columns);
  const stepPx = points.length > 1 ? widthPx / (points.length - 1) : 0;
  let path = "";
  let drawing = false;
  points.forEach((value, index) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const yPx = heightPx - (max > 0 ? Math.min(1, value / max) : 0) * heightPx;
    const isAlone = !drawing && (points[index + 1] ?? null) === null;
    path += `${drawing ? "L" : "M"}${round(index * stepPx)} ${round(yPx)}${isAlone ? "h.01" : ""}`;
    drawing = true;
  });
  return path;
}

function maxPerColumn(values: readonly (number | null)[], columns: number): (number | null)[] {
  const perColumn = Math.max(1, Math.ceil(values.length / columns));
  return Array.from({ length: Math.ceil(values.length / perColumn) }, (_, column) => {
    const present = values.slice(column * perColumn, (column + 1) * perColumn).filter((value) => value !== null);
    return present.length === 0 ? null : Math.max(...present);
  });
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}
