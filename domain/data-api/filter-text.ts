import { ApiError } from "../errors.ts";
import type { Dimension } from "../metrics/dimensions.ts";
import { dimensionById } from "../metrics/dimensions.ts";
import type { ViewFilter } from "../metrics/scope.ts";
import { MAX_LONG_FIELD_LENGTH } from "../wire/decode-events.ts";

/** Stands for "has no value"; an empty value does too. */
export const EMPTY_VALUE = "__empty__";

const MAX_FILTERS = 100;
/** As long as what is kept of a view's texts: whatever an answer shows can be filtered by. */
export const MAX_VALUE_LENGTH = MAX_LONG_FIELD_LENGTH;
/** Of all filters of a question together. */
const MAX_FILTERS_LENGTH = 32_768;
const MAX_TRACE = 100;

/** A filter as it is written, before anybody asks whether there is such a dimension. */
export interface FilterText {
  prefix: "" | "!" | "+" | "-";
  dimension: string;
  value: string;
}

/**
 * `filters[]` (data-api.md §1): `country:US`, `!country:US`; for traces `+cdn:x` (contains), `-cdn:x` (lacks), `cdn:[a,b]`
 * (exactly this list), `cdn:[]`. The first colon divides, so values may hold more.
 *
 * @throws ApiError that names the filter and what is wrong with it
 */
export function parseFilters(texts: readonly string[]): ViewFilter[] {
  return splitFilters(texts).map(toViewFilter);
}

/** The parts of each filter. @throws ApiError for what is no filter at all */
export function splitFilters(texts: readonly string[]): FilterText[] {
  if (texts.length > MAX_FILTERS) throw new ApiError("invalid_parameters", [`filters[]: at most ${MAX_FILTERS}`]);
  if (texts.reduce((sum, { length }) => sum + length, 0) > MAX_FILTERS_LENGTH)
    throw new ApiError("invalid_parameters", [`filters[]: at most ${MAX_FILTERS_LENGTH} characters together`]);
  return texts.map(splitFilter);
}

function splitFilter(text: string): FilterText {
  const [, prefix = "", dimension = "", value = ""] = /^([!+-]*)([^:]*):(.*)$/s.exec(text) ?? [];
  if (dimension === "") throw wrongFilter(text, "write dimension:value, such as country:US");
  if (prefix.length > 1) throw wrongFilter(text, `write one of ! + - in front of the dimension, not ${prefix}`);
  if (value.length > MAX_VALUE_LENGTH) throw wrongFilter(text, `values have at most ${MAX_VALUE_LENGTH} characters`);
  return { prefix: prefix as FilterText["prefix"], dimension, value };
}

function toViewFilter(filter: FilterText): ViewFilter {
  const { prefix, dimension: id, value } = filter;
  const dimension = dimensionById(id);
  if (dimension === null)
    throw wrongFilter(writtenFilter(filter), `there is no dimension ${id}; /data/v1/dimensions lists them`);
  if (dimension.type === "sequence") return traceFilter(filter, dimension);
  if (prefix === "+" || prefix === "-")
    throw wrongFilter(writtenFilter(filter), `${id} has one value, not a list: write ${id}:value or !${id}:value`);
  const values = [value === EMPTY_VALUE ? "" : checkedValue(filter, dimension)];
  return { dimension: id, operator: "is", values, negated: prefix === "!" };
}

function traceFilter(filter: FilterText, { id }: Dimension): ViewFilter {
  const { prefix, value } = filter;
  const isList = value.startsWith("[") && value.endsWith("]") && value.length > 1;
  if (prefix === "+" || prefix === "-") {
    if (value === "" || /[[\],]/.test(value))
      throw wrongFilter(writtenFilter(filter), `write one element after ${prefix}${id}:`);
    return { dimension: id, operator: "contains", values: [value], negated: prefix === "-" };
  }
  if (!isList && value !== EMPTY_VALUE)
    throw wrongFilter(writtenFilter(filter), `${id} is a list: write +${id}:a, -${id}:a or ${id}:[a,b]`);
  return { dimension: id, operator: "equals_list", values: elements(filter, isList), negated: prefix === "!" };
}

function elements(filter: FilterText, isList: boolean): string[] {
  const inner = isList ? filter.value.slice(1, -1) : "";
  if (inner === "") return [];
  if (/[[\]]/.test(inner)) throw wrongFilter(writtenFilter(filter), "brackets do not nest");
  const found = inner.split(",").map((element) => element.trim());
  if (found.length > MAX_TRACE) throw wrongFilter(writtenFilter(filter), `a list has at most ${MAX_TRACE} elements`);
  return found;
}

function checkedValue(filter: FilterText, dimension: Dimension): string {
  const mistake = whatIsWrongWith(filter.value, dimension);
  if (mistake !== null) throw wrongFilter(writtenFilter(filter), mistake);
  return filter.value;
}

/**
 * Why no view can have this value of a dimension that is no list; null when it can. A number that is none is a mistake better
 * told than answered with nothing.
 */
export function whatIsWrongWith(value: string, { id, type }: Dimension): string | null {
  if (value === "") return null;
  if (type === "boolean" && value !== "true" && value !== "false") return `${id} is true or false`;
  if ((type === "integer" || type === "number") && !isNumber(value)) return `${id} is a number`;
  return null;
}

/** As answers write them: of a frame rate up to nine digits are kept, 0.033333335 among them. */
export function isNumber(value: string): boolean {
  return /^-?\d{1,15}(\.\d{1,12})?$/.test(value);
}

export function writtenFilter({ prefix, dimension, value }: FilterText): string {
  return `${prefix}${dimension}:${value}`;
}

export function wrongFilter(text: string, what: string): ApiError {
  return new ApiError("invalid_parameters", [`filters[] "${text.slice(0, 100)}": ${what}`]);
}
