import { X } from "lucide-react";
import { DIMENSION_TITLES, formatDimensionValue } from "../../../domain/format/format-dimension.ts";
import type { FilterValue } from "../../../domain/monitoring/filter-params.ts";

interface Props {
  filter: FilterValue;
  onRemove(value: FilterValue): void;
}

export function FilterChip({ filter, onRemove }: Props) {
  const title = DIMENSION_TITLES[filter.dimension];
  const value = formatDimensionValue(filter.dimension, filter.value);
  const relation = filter.negated ? "is not" : "is";
  return (
    <span className="inline-flex h-7 max-w-full items-center rounded-control border border-accent/35 bg-accent-soft pl-2.5 text-sm">
      <span className="shrink-0 text-muted">
        {title} {relation}&nbsp;
      </span>
      <span className="truncate font-medium">{value}</span>
      <button
        type="button"
        aria-label={`Remove filter: ${title} ${relation} ${value}`}
        onClick={() => onRemove(filter)}
        className="ml-1 grid size-7 shrink-0 place-items-center rounded-control text-muted hover:text-ink"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}
