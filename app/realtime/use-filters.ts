"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import type { MonitoringFilter } from "../../domain/monitoring/dimensions.ts";
import {
  type FilterValue,
  filtersFromParams,
  filtersToParams,
  withFilter,
  withoutFilter,
} from "../../domain/monitoring/filter-params.ts";

export interface Filters {
  filters: readonly MonitoringFilter[];
  add(value: FilterValue): void;
  remove(value: FilterValue): void;
  clear(): void;
}

/** The filters of the page's address, which can be shared and gone back from. */
export function useFilters(): Filters {
  const params = useSearchParams();
  const path = usePathname();
  const filters = useMemo(() => filtersFromParams(params.entries()), [params]);
  const go = useCallback(
    (next: readonly MonitoringFilter[]) => {
      const query = new URLSearchParams(filtersToParams(next)).toString();
      window.history.pushState(null, "", query === "" ? path : `${path}?${query}`); // no round trip: nothing on the server changes
    },
    [path],
  );
  return useMemo(
    () => ({
      filters,
      add: (value) => go(withFilter(filters, value)),
      remove: (value) => go(withoutFilter(filters, value)),
      clear: () => go([]),
    }),
    [filters, go],
  );
}
