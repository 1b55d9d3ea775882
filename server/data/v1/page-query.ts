import { z } from "zod";
import { callerOf } from "../../auth/api-guard.ts";
import { PageQuery } from "../../http/paging.ts";

/** `page` from 1 and `limit`, 25 unless told otherwise; a page behind the last is empty (data-api.md §1). */
export const DataPageQuery = PageQuery.extend({ limit: PageQuery.shape.limit.unwrap().default(25) });

export const DirectionQuery = z.enum(["asc", "desc"]);

type Paged = Parameters<typeof callerOf>[0] & { url: string; query: z.output<typeof DataPageQuery> };

/** Which page of which walk (`ListWalks`): whose list, and which, whatever the page. */
export function walkOf(request: Paged, nowMs: number) {
  const { page, limit, ...rest } = request.query;
  const { id, environmentId } = callerOf(request);
  const [path] = request.url.split("?");
  return { key: JSON.stringify([id, environmentId, path, limit, rest]), page, limit, nowMs };
}
