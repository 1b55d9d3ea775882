import type { ViewFilter } from "../metrics/scope.ts";
import { type SplitFilters, splitFilters as splitByKind } from "../metrics/split-filters.ts";
import { type SubviewAttribute, type SubviewType, subviewAttribute } from "../metrics/subview.ts";
import {
  EMPTY_VALUE,
  type FilterText,
  isNumber,
  parseFilters,
  splitFilters,
  writtenFilter,
  wrongFilter,
} from "./filter-text.ts";

/**
 * `filters[]` of a question about parts of views: those of what the parts have themselves, and all of views.
 *
 * @throws ApiError that names the filter and what is wrong with it
 */
export function parseSubviewFilters(type: SubviewType, texts: readonly string[]): SplitFilters {
  const filters = splitFilters(texts).flatMap((filter) => {
    const attribute = subviewAttribute(type, filter.dimension);
    return attribute === null ? parseFilters([writtenFilter(filter)]) : [partFilter(filter, attribute)];
  });
  return splitByKind(type, filters);
}

function partFilter(filter: FilterText, { id, text }: SubviewAttribute): ViewFilter {
  const { prefix, value } = filter;
  if (prefix === "+" || prefix === "-")
    throw wrongFilter(writtenFilter(filter), `${id} has one value, not a list: write ${id}:value or !${id}:value`);
  if (!text && value !== "" && value !== EMPTY_VALUE && !isNumber(value))
    throw wrongFilter(writtenFilter(filter), `${id} is a number`);
  return { dimension: id, operator: "is", values: [value === EMPTY_VALUE ? "" : value], negated: prefix === "!" };
}
