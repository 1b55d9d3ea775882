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
  const change = useCallback(
    (changed: (filters: readonly MonitoringFilter[]) => readonly MonitoringFilter[]) => {
      // of the address as it is: what is shown may be a change behind it
      const current = filtersFromParams(new URLSearchParams(window.location.search).entries());
      const query = new URLSearchParams(filtersToParams(changed(current))).toString();
      window.history.pushState(null, "", query === "" ? path : `${path}?${query}`); // no round trip: nothing on the server changes
    },
    [path],
  );
  return useMemo(
    () => ({
      filters,
      add: (value) => change((current) => withFilter(current, value)),
      remove: (value) => change((current) => withoutFilter(current, value)),
      clear: () => change(() => []),
    }),
    [filters, change],
  );
}
