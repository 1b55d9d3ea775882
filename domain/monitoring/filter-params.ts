import { isMonitoringDimension, type MonitoringDimension, type MonitoringFilter } from "./dimensions.ts";

/** `country=DE&country=AT` keeps two countries; `not.cdn=fastly` leaves one CDN out; `cdn=` is "has no CDN". */
const NEGATED_PREFIX = "not.";

/** Below the limits of a subscription (docs/realtime.md); a longer address is not one that our page wrote. */
const MAX_FILTERS = 12;
const MAX_VALUES = 20;
const MAX_VALUE_LENGTH = 1_024;

/** Reads filters from the pairs of an address; unknown names and absurd values are ignored, repeats count once. */
export function filtersFromParams(params: Iterable<readonly [string, string]>): MonitoringFilter[] {
  const filters = new Map<string, { dimension: MonitoringDimension; values: string[]; negated: boolean }>();
  for (const [name, value] of params) {
    const negated = name.startsWith(NEGATED_PREFIX);
    const dimension = negated ? name.slice(NEGATED_PREFIX.length) : name;
    if (!isMonitoringDimension(dimension) || value.length > MAX_VALUE_LENGTH) continue;
    if (!filters.has(name) && filters.size >= MAX_FILTERS) continue;
    const filter = filters.get(name) ?? { dimension, values: [], negated };
    if (!filter.values.includes(value) && filter.values.length < MAX_VALUES) filter.values.push(value);
    filters.set(name, filter);
  }
  return [...filters.values()];
}

export function filtersToParams(filters: readonly MonitoringFilter[]): [string, string][] {
  return filters.flatMap(({ dimension, values, negated }) =>
    values.map((value): [string, string] => [`${negated ? NEGATED_PREFIX : ""}${dimension}`, value]),
  );
}

export interface FilterValue {
  dimension: MonitoringDimension;
  value: string;
  negated: boolean;
}

/** The filters with one value more. The same value the other way round is dropped: both together keep nobody. */
export function withFilter(filters: readonly MonitoringFilter[], added: FilterValue): MonitoringFilter[] {
  const others = withoutFilter(filters, { ...added, negated: !added.negated });
  const params = filtersToParams(others);
  return filtersFromParams([...params, ...filtersToParams([{ ...added, values: [added.value] }])]);
}

export function withoutFilter(filters: readonly MonitoringFilter[], removed: FilterValue): MonitoringFilter[] {
  const isRemoved = (filter: MonitoringFilter) =>
    filter.dimension === removed.dimension && filter.negated === removed.negated;
  return filters
    .map((filter) =>
      isRemoved(filter) ? { ...filter, values: filter.values.filter((value) => value !== removed.value) } : filter,
    )
    .filter(({ values }) => values.length > 0);
}
