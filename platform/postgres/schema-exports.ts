import type { ColumnType, Generated } from "kysely";

/** Files that are made of days; see `schema.ts`. */

type ExportStatus = "waiting" | "making" | "ready" | "failed";

export interface Exports {
  environment_id: string;
  /** Of UTC, as 2026-01-31. */
  day: string;
  status: ExportStatus;
  rows_total: number | null;
  rows_written: Generated<number>;
  size_bytes: number | null;
  error: string | null;
  created_at: ColumnType<Date, Date, never>;
  updated_at: Date;
}

export interface UsageExports {
  environment_id: string;
  /** Of UTC, as 2026-01-31. */
  day: string;
  size_bytes: number | null;
  made_at: Date | null;
  created_at: ColumnType<Date, Date, never>;
}
