import type { DayFiles } from "../../http/day-files.ts";

/** What was delivered on a day. */
export const USAGE_FILES: DayFiles = {
  purpose: "links of usage exports",
  route: "/exports/usage",
  folder: "usage-exports",
  ending: "csv",
  contentType: "text/csv; charset=utf-8",
  name: "usage",
  list: "usage exports",
};
