import { DATABASE } from "../migrate.ts";
import { OFFERED_TABLES } from "../tenant-sql/check-syntax.ts";
import type { RowBinding } from "./row-binding.ts";

export interface EngineLimits {
  /** All queries, inserts and merges together, in bytes. */
  memoryBytes: number;
}

const NO_LIMIT = 1e15;

/** Reads and writes run at most this long unless the request says otherwise. */
const MAX_EXECUTION_SECONDS = 300;

/**
 * The engine's server configuration. Caches are small and memory is bounded, for the engine shares its machine with the
 * rest of Playhead: its own defaults are 5 GB of marks and nearly all memory there is. Inserts reach the disk before they
 * are acknowledged (fsync), so that a power cut loses nothing that was acknowledged. However many parts are damaged, the rest
 * is served and the damage told (health.ts): by its own defaults the engine would not start with more than 1 GiB of them.
 */
export function engineConfigXml(usersFile: string, limits: EngineLimits): string {
  return document({
    users_config: usersFile,
    timezone: "UTC",
    logger: { level: "none" },
    mark_cache_size: 128 * 1024 * 1024,
    uncompressed_cache_size: 0,
    max_server_memory_usage: limits.memoryBytes,
    background_pool_size: 2,
    background_schedule_pool_size: 4,
    merge_tree: {
      fsync_after_insert: 1,
      fsync_part_directory: 1,
      max_suspicious_broken_parts: NO_LIMIT,
      max_suspicious_broken_parts_bytes: NO_LIMIT,
    },
  });
}

/**
 * The one user, `default`: what the product needs on its own tables. No source beyond them (files, URLs, other servers):
 * a statement that slipped through elsewhere still reaches no file and no network by a table function.
 */
export function engineUsersXml(binding: RowBinding): string {
  const granted =
    "SELECT, INSERT, ALTER, CREATE, DROP, TRUNCATE, OPTIMIZE, SHOW, CHECK, KILL QUERY, SYSTEM, dictGet, INTROSPECTION";
  return document({
    profiles: {
      default: {
        max_execution_time: MAX_EXECUTION_SECONDS,
        input_format_skip_unknown_fields: 0,
        log_comment: binding.ofProduct,
      },
    },
    users: {
      default: {
        password: "",
        networks: { ip: "::/0" },
        profile: "default",
        quota: "default",
        grants: { query: `GRANT ${granted} ON *.*` },
        databases: rowPolicies(binding),
      },
    },
    quotas: { default: {} },
  });
}

/** Every database that there is. */
const DATABASES = [DATABASE, "default", "system", "INFORMATION_SCHEMA", "information_schema"];

/**
 * What a connection that is bound to an environment sees, by whatever name or function it reaches it: its own rows of the
 * tables that are offered, and of all else (other tables, the materialized views over them, the engine's own tables) nothing.
 * The engine reads a materialized view without the policies of its target, so what is not named here has to be empty.
 */
function rowPolicies(binding: RowBinding): XmlTree {
  const nothing = { 'table name=""': { filter: binding.productAlone() } }; // a table without a name: the whole database
  const offered = Object.fromEntries(OFFERED_TABLES.map((table) => [table, { filter: binding.policy() }]));
  const ofEngine = { one: { filter: "1" } }; // a SELECT without FROM reads it
  return {
    ...Object.fromEntries(DATABASES.map((database) => [database, nothing])),
    [DATABASE]: { ...nothing, ...offered },
    system: { ...nothing, ...ofEngine },
  };
}

/** A name may be followed by attributes. */
interface XmlTree {
  [name: string]: string | number | XmlTree;
}

function document(tree: XmlTree): string {
  return `<clickhouse>${elements(tree)}</clickhouse>\n`;
}

function elements(tree: XmlTree): string {
  return Object.entries(tree)
    .map(
      ([name, value]) =>
        `<${name}>${typeof value === "object" ? elements(value) : escapeXml(String(value))}</${name.split(" ", 1)[0]}>`,
    )
    .join("");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
