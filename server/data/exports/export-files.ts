import type { DayFiles } from "../../http/day-files.ts";

/** All views of a day. */
export const EXPORT_FILES: DayFiles = {
  purpose: "links of exports",
  route: "/exports",
  folder: "exports",
  ending: "csv.gz",
  contentType: "application/gzip",
  name: "views",
  list: "exports",
};
