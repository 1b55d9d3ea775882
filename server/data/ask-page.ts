import type { ZodType } from "zod";
import { askFirstRow, type PagedQuestion } from "../../domain/metrics/ask/page.ts";
import type { Analytics, AskOptions } from "./analytics.ts";

export interface PageOfRows<T> {
  rows: readonly T[];
  /** On all pages. */
  totalRowCount: number;
}

/** A page of rows with the number of all; where the page is empty, the first row is asked for it. */
export async function askPage<T extends { total_row_count: number }>(
  analytics: Analytics,
  question: PagedQuestion,
  row: ZodType<T>,
  options: AskOptions,
): Promise<PageOfRows<T>> {
  const rows = await analytics.ask(question, row, options);
  const [first] =
    rows.length > 0 || question.params.offset === 0 ? rows : await analytics.ask(askFirstRow(question), row, options);
  return { rows, totalRowCount: first?.total_row_count ?? 0 };
}
