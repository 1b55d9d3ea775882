import { z } from "zod";

/** [from, to), Unix seconds, as it was resolved. */
export const TimeframeWire = z.tuple([z.number(), z.number()]).describe("[from, to), Unix seconds");

export const MetaWire = z.object({
  granularity: z
    .enum(["minute", "ten_minutes", "hour", "day"])
    .describe("Width of a bucket of a time series over the range"),
  aggregation: z.enum(["95th", "median", "avg", "count", "sum"]).describe("The measurement"),
});

/** An answer whose rows are counted. */
export function listOf<Row extends z.ZodType>(row: Row) {
  return z.object({ data: z.array(row), total_row_count: z.number(), timeframe: TimeframeWire });
}

/** "" is how the store says that there is no value. */
export function orNull(text: string): string | null {
  return text === "" ? null : text;
}
