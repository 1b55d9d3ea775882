import { z } from "zod";
import type { Page } from "../../../domain/metrics/ask/page.ts";
import { PageQuery } from "../../http/paging.ts";

/** `page` from 1 and `limit`, 25 unless told otherwise; a page behind the last is empty (data-api.md §1). */
export const DataPageQuery = PageQuery.extend({ limit: PageQuery.shape.limit.unwrap().default(25) });

export const DirectionQuery = z.enum(["asc", "desc"]);

export function pageOf({ page, limit }: z.output<typeof DataPageQuery>): Page {
  return { limit, offset: (page - 1) * limit };
}
