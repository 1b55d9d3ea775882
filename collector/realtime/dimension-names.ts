import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { MonitoringDimension } from "../../domain/monitoring/dimensions.ts";
import { askDimensionValues } from "../../domain/monitoring/queries.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";

const MAX_NAMES = 50_000;
const NameRow = z.object({ key_text: z.string(), name: z.string() });

/** Names of the numeric dimension keys. A key's name never changes, so what was once read is kept. */
export class DimensionNames {
  readonly #clickhouse: ClickHouse;
  readonly #names = new Map<string, string>();

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  /** Names of all the keys, by key; asks the store for those not seen before. Rejects with ClickHouseError. */
  async resolve(
    environmentId: EnvironmentId,
    dimension: MonitoringDimension,
    keys: readonly string[],
  ): Promise<Map<string, string>> {
    const path = (key: string) => `${environmentId}/${dimension}/${key}`;
    const unknown = keys.filter((key) => !this.#names.has(path(key)));
    if (unknown.length > 0) {
      const { sql, params } = askDimensionValues(environmentId, dimension, unknown);
      const rows = await this.#clickhouse.query(sql, params, NameRow, { name: "monitoring names" });
      if (this.#names.size + rows.length > MAX_NAMES) this.#names.clear();
      for (const { key_text: key, name } of rows) this.#names.set(path(key), name);
    }
    return new Map(keys.map((key) => [key, this.#names.get(path(key)) ?? key]));
  }
}
