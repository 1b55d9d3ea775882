import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { ErrorCategory } from "../../domain/view/error-category.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { followPostgres } from "./follow-postgres.ts";

/** Categories by error code. */
export type CategoriesByCode = ReadonlyMap<string, ErrorCategory>;

/** What environments say of error codes, answered from memory. */
export interface ErrorCategoryDirectory {
  /** Undefined where the environment says nothing of any code. */
  of(environmentId: EnvironmentId): CategoriesByCode | undefined;
  /** False until they have been read once: how an error counts is decided when it comes, and for ever. */
  ready(): boolean;
  close(): Promise<void>;
}

/** Keeps all categories in memory. While Postgres is away the last known ones hold. */
export function openErrorCategories(postgres: Postgres, url: string, log: Logger): ErrorCategoryDirectory {
  const categories = followPostgres({
    ...{ url, applicationName: "playhead-edge-errors", channel: "error_categories_changed", log },
    read: () => readCategories(postgres),
  });
  return {
    of: (environmentId) => categories.current()?.get(environmentId),
    ready: () => categories.current() !== null,
    close: categories.close,
  };
}

async function readCategories(postgres: Postgres): Promise<ReadonlyMap<number, CategoriesByCode>> {
  const rows = await postgres.selectFrom("collector_error_categories").selectAll().execute();
  const byEnvironment = Map.groupBy(rows, ({ environment_number }) => Number(environment_number));
  return new Map(
    [...byEnvironment].map(([environmentId, ofEnvironment]) => [
      environmentId,
      new Map(ofEnvironment.map(({ code, severity, type }) => [code, { severity, type }])),
    ]),
  );
}
