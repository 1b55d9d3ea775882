import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { SqlRefused } from "../../platform/clickhouse/tenant-sql/sql-refused.ts";
import type { TenantSql } from "../../platform/clickhouse/tenant-sql/tenant-sql.ts";
import { createSql } from "./sql.ts";

const never = new AbortController().signal;
const ask = (store: TenantSql | null) => createSql(store).run(1 as EnvironmentId, "SELECT 1", "CSVWithNames", never);
const failing = (error: Error): TenantSql => ({ run: () => Promise.reject(error), close: async () => {} });

describe("createSql", () => {
  it("says what to set where no account is configured", async () => {
    await expect(ask(null)).rejects.toMatchObject({
      type: "unavailable",
      messages: [expect.stringMatching(/CLICKHOUSE_SQL_URL/)],
    });
  });

  it("tells a wrong statement from a costly one, and passes on what is not the statement's", async () => {
    await expect(ask(failing(new SqlRefused("invalid", "is empty")))).rejects.toMatchObject({
      type: "invalid_parameters",
      messages: ["query: is empty"],
    });
    await expect(ask(failing(new SqlRefused("too_costly", "takes long")))).rejects.toMatchObject({
      type: "statement_too_costly",
    });
    const broken = new Error("no store");
    await expect(ask(failing(broken))).rejects.toBe(broken);
  });
});
