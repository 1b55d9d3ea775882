import type { Question } from "../../monitoring/queries.ts";
import { uint32 } from "./uint32.ts";

/** Which rows of an answer. */
export interface Page {
  limit: number;
  /** Rows before it. */
  offset: number;
}

/** The page as parameters. */
export function pageParams({ limit, offset }: Page): Page {
  return { limit: uint32("limit", limit, 1), offset: uint32("offset", offset) };
}

/** A question that is answered page by page. Every row tells `total_row_count`: how many there are on all pages. */
export interface PagedQuestion extends Question {
  params: Question["params"] & Page;
}

/**
 * The first row alone. Ask it where a page beyond the first came back empty, since there is no row to tell the total then;
 * without a row the total is 0.
 */
export function askFirstRow<Q extends PagedQuestion>(question: Q): Q {
  return { ...question, params: { ...question.params, limit: 1, offset: 0 } };
}
