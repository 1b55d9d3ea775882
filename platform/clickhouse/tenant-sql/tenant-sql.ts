import { type EnvironmentId, isEnvironmentId } from "../../../domain/identifiers.ts";
import { Lru } from "../../memory/lru.ts";
import { ClickHouseError } from "../clickhouse.ts";
import { checkSyntax, OFFERED_TABLES } from "./check-syntax.ts";
import { checkTables } from "./check-tables.ts";
import { checkText } from "./check-text.ts";
import { engineRefusal } from "./engine-refusal.ts";
import { EXPLAIN_SETTINGS, MAX_ANSWER_BYTES, RUN_SETTINGS } from "./limits.ts";
import { openRawStore, type Settings, TooLarge } from "./raw-store.ts";
import { invalid, SqlRefused } from "./sql-refused.ts";
import { readSyntaxTree } from "./syntax-node.ts";

/** After the first pass: later ones leave out tables that were read while analysing, such as for a column nobody asks for. */
export const EXPLAIN_TREE = "EXPLAIN QUERY TREE passes = 1";

/** An account that was found to be bound is believed for so long: looking takes 12 ms, as long as a small statement. */
const BOUND_FOR_MS = 10_000;

/** What passed the first three layers is believed for so long, as a prepared statement would be: the two listings take 12 ms. */
const CHECKED_FOR_MS = 600_000;
/** Characters of statements that are remembered. */
const REMEMBERED_CHARACTERS = 1_000_000;

export type SqlFormat = "JSONCompactEachRowWithNamesAndTypes" | "CSVWithNames";

/** Read-only SQL of customers over the rows of their own environment. */
export interface TenantSql {
  /**
   * The engine's answer as text, at most one row more than `MAX_ROWS`. Rejects with {@link SqlRefused} for whatever is the
   * statement's fault, with ClickHouseError for what is not.
   */
  run(environmentId: EnvironmentId, sql: string, format: SqlFormat, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/**
 * Four layers, none of which trusts the one before it: the text (one statement that reads), the syntax tree by allow-list,
 * the tables of the analysed tree, and the engine itself, where a row policy and a locked connection with limits hold
 * whatever the statement says. The customer's text is never rewritten: it runs as it was checked.
 *
 * @param url an account whose rows the setting `SQL_environment` decides: the embedded engine's, or a server's own
 */
export function createTenantSql(url: string, database: string): TenantSql {
  const store = openRawStore({ url, database, maxBytes: MAX_ANSWER_BYTES });
  const boundAtMs = new Map<EnvironmentId, number>();
  /** By environment and text: when it passed. The run goes through the fourth layer each time. */
  const checkedAtMs = new Lru<number>({ maxWeight: REMEMBERED_CHARACTERS, weigh: (_, key) => key.length });
  return {
    run: async (environmentId, sql, format, signal) => {
      const ask: Ask = (statement, settings) =>
        store.ask(statement, { ...settings, SQL_environment: String(environmentId), readonly: 1 }, signal);
      const nowMs = performance.now();
      if (nowMs - (boundAtMs.get(environmentId) ?? -Infinity) > BOUND_FOR_MS) {
        await requireBound(ask, environmentId);
        boundAtMs.set(environmentId, nowMs);
      }
      const key = `${environmentId}:${sql}`;
      if (nowMs - (checkedAtMs.get(key) ?? -Infinity) > CHECKED_FOR_MS) {
        await check(ask, sql, database);
        checkedAtMs.set(key, nowMs);
      }
      return refusing(() => ask(`/* sql */\n${sql}`, { ...RUN_SETTINGS, default_format: format }));
    },
    close: () => store.close(),
  };
}

type Ask = (statement: string, settings: Settings) => Promise<string>;

/** The first three layers. */
async function check(ask: Ask, sql: string, database: string): Promise<void> {
  const text = checkText(sql);
  const tree = readSyntaxTree(await refusing(() => ask(`EXPLAIN AST\n${sql}`, EXPLAIN_SETTINGS)));
  if (tree === null) throw invalid("cannot be read as one SELECT");
  checkSyntax(tree, text);
  checkTables(await refusing(() => ask(`${EXPLAIN_TREE}\n${sql}`, EXPLAIN_SETTINGS)), database);
}

/**
 * An account without row policies would serve every environment to everybody: one row of another is proof of it. Where the
 * policies hold the two conditions exclude each other, and nothing is read.
 */
async function requireBound(ask: Ask, environmentId: EnvironmentId): Promise<void> {
  if (!isEnvironmentId(environmentId)) throw new RangeError("no environment's number");
  const foreign = OFFERED_TABLES.map(
    (table) => `(SELECT count() FROM (SELECT 1 FROM ${table} WHERE environment_id != ${environmentId} LIMIT 1))`,
  );
  const found = await ask(`SELECT ${foreign.join(" + ")}`, { ...EXPLAIN_SETTINGS, final: 0 });
  if (found.trim() !== "0")
    throw new ClickHouseError("the account of CLICKHOUSE_SQL_URL sees rows of other environments", null, true);
}

async function refusing(ask: () => Promise<string>): Promise<string> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof TooLarge)
      throw new SqlRefused("too_costly", `has an answer of more than ${MAX_ANSWER_BYTES / 1024 ** 2} MiB: select less`);
    throw engineRefusal(error) ?? error;
  }
}
