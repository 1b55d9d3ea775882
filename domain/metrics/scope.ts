import type { EnvironmentId } from "../identifiers.ts";

/**
 * Keeps or drops views by one dimension (data-api.md §1). Of the conditions that keep by the same dimension one has to hold;
 * everything else all has to.
 */
export interface ViewFilter {
  /** Id of the Data API. */
  dimension: string;
  /**
   * `is`: one of `values` ("" stands for "has no value"). Where the dimension is a list, the other two only: `contains`: it
   * holds one of them; `equals_list`: it is exactly `values`, in order.
   */
  operator: "is" | "contains" | "equals_list";
  values: readonly string[];
  negated: boolean;
}

/** Keeps views whose own value of a metric compares so; views without a value never do. */
export interface MetricFilter {
  metric: string;
  operator: ">=" | "<=" | ">" | "<" | "=";
  value: number;
}

/** Which views a question is about: of one environment, in one range of time. */
export interface Scope {
  environmentId: EnvironmentId;
  /** [fromMs, toMs), Unix milliseconds, by the time that the metric goes by. */
  fromMs: number;
  toMs: number;
  filters: readonly ViewFilter[];
  metricFilters: readonly MetricFilter[];
  /** Each view counts 1/sample_rate times. */
  weighted: boolean;
  /** Views of crawlers are left out unless this is set. */
  includeBots: boolean;
}
