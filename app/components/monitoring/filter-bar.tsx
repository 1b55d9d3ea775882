import { ListFilter } from "lucide-react";
import type { MonitoringFilter } from "../../../domain/monitoring/dimensions.ts";
import type { FilterValue } from "../../../domain/monitoring/filter-params.ts";
import { Button } from "../ui/button.tsx";
import { FilterChip } from "./filter-chip.tsx";
import { SpanNote } from "./span-note.tsx";

interface Props {
  filters: readonly MonitoringFilter[];
  /** There are rows to choose. */
  hint: boolean;
  onRemove(value: FilterValue): void;
  onClear(): void;
}

/** What the page is narrowed to. Keeps its height without filters, so that the first one moves nothing. */
export function FilterBar({ filters, hint, onRemove, onClear }: Props) {
  const chips = filters.flatMap(({ dimension, values, negated }) =>
    values.map((value) => ({ dimension, value, negated })),
  );
  return (
    <div className="flex min-h-7 flex-wrap items-center gap-1.5">
      <ListFilter aria-hidden className="mr-1 size-4 text-faint" />
      {chips.length === 0 && (
        <p className="text-faint text-sm">
          All viewers{hint && <span className="max-sm:hidden">. Choose a row below to look at a part of them.</span>}
        </p>
      )}
      {chips.map((chip) => (
        <FilterChip key={`${chip.negated} ${chip.dimension} ${chip.value}`} filter={chip} onRemove={onRemove} />
      ))}
      {chips.length > 1 && (
        <Button kind="quiet" size="small" onClick={onClear}>
          Clear all
        </Button>
      )}
      {hint && <SpanNote />}
    </div>
  );
}
