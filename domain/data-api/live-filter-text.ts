import { isMonitoringDimension, type MonitoringDimension, type MonitoringFilter } from "../monitoring/dimensions.ts";
import { EMPTY_VALUE, type FilterText, splitFilters, writtenFilter, wrongFilter } from "./filter-text.ts";

/**
 * `filters[]` of monitoring: `country:US`, `!country:US`. Values of one dimension are alternatives, negated ones are all left
 * out, and different dimensions must all hold (data-api.md §1).
 *
 * @throws ApiError that names the filter and what is wrong with it
 */
export function parseLiveFilters(texts: readonly string[]): MonitoringFilter[] {
  const gathered = new Map<string, { dimension: MonitoringDimension; values: string[]; negated: boolean }>();
  for (const filter of splitFilters(texts)) {
    const { dimension, value, negated } = parse(filter);
    const key = `${negated ? "!" : ""}${dimension}`;
    const known = gathered.get(key);
    if (known === undefined) gathered.set(key, { dimension, values: [value], negated });
    else if (!known.values.includes(value)) known.values.push(value);
  }
  return [...gathered.values()];
}

function parse(filter: FilterText): { dimension: MonitoringDimension; value: string; negated: boolean } {
  const { prefix, dimension } = filter;
  if (!isMonitoringDimension(dimension))
    throw wrongFilter(writtenFilter(filter), `there is no monitoring dimension ${dimension.slice(0, 100)}`);
  if (prefix === "+" || prefix === "-")
    throw wrongFilter(
      writtenFilter(filter),
      `${dimension} has one value, not a list: write ${dimension}:value or !${dimension}:value`,
    );
  return { dimension, value: checkedValue(filter, dimension), negated: prefix === "!" };
}

/** A value that no viewer can have is a mistake better told than answered with nothing. */
function checkedValue(filter: FilterText, dimension: MonitoringDimension): string {
  const value = filter.value === EMPTY_VALUE ? "" : filter.value;
  if (dimension === "view_has_ad" && value !== "true" && value !== "false")
    throw wrongFilter(writtenFilter(filter), "view_has_ad is true or false");
  if (dimension === "asn" && !/^(\d{1,10})?$/.test(value)) throw wrongFilter(writtenFilter(filter), "asn is a number");
  return value;
}
