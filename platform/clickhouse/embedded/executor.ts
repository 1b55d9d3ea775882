import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { ConnectionPool, type Leaves } from "./connection-pool.ts";
import type { Engine, EngineAnswer, EngineConnection } from "./engine.ts";
import type { RowBinding } from "./row-binding.ts";

export interface Execution {
  sql: string;
  /** A read ends with its client; everything else is finished, whoever still listens. */
  kind: "read" | "write" | "upkeep" | "session";
  settings: ReadonlyMap<string, string>;
  parameters: ReadonlyMap<string, string>;
  database: string | null;
  format: string;
  /** Number of the environment whose rows alone the statement may see; null: all of them. */
  tenant: number | null;
}

export interface ExecutorSizes {
  reads: number;
  writes: number;
}

/** Statements of customers that run at once. They have connections of their own: what is slow of theirs holds up nobody else. */
const TENANTS_AT_ONCE = 2;

/** A read that began just before its client left may not be listed yet: the engine is asked again after this. */
const KILL_AGAIN_MS = 100;

/**
 * Runs statements on the engine: reads and writes wait in lines of their own, so that slow questions never hold up
 * inserts; so has upkeep, which may take minutes; and a connection set aside ends reads whose client has gone.
 */
export class Executor {
  readonly #reads: ConnectionPool;
  readonly #writes: ConnectionPool;
  readonly #upkeep: ConnectionPool;
  readonly #control: ConnectionPool;
  readonly #tenants: ConnectionPool;
  readonly #binding: RowBinding;
  readonly #stopping = new AbortController();

  constructor(engine: Engine, sizes: ExecutorSizes, binding: RowBinding) {
    this.#binding = binding;
    const open = () => engine.open();
    this.#control = new ConnectionPool(1, open);
    this.#reads = new ConnectionPool(sizes.reads, open);
    this.#writes = new ConnectionPool(sizes.writes, open);
    this.#upkeep = new ConnectionPool(1, open);
    this.#tenants = new ConnectionPool(TENANTS_AT_ONCE, open);
  }

  get waiting(): number {
    return this.#serving().reduce((sum, pool) => sum + pool.waiting, 0);
  }

  get running(): number {
    return this.#serving().reduce((sum, pool) => sum + pool.lent, 0);
  }

  /** Rejects with EngineError, or with the signal's reason when it was aborted before the statement began. */
  run(execution: Execution, signal: AbortSignal): Promise<EngineAnswer> {
    const pool = this.#poolFor(execution);
    const lock = lockOf(execution, this.#binding);
    const leaves = whatIsLeft(execution);
    const work = async (connection: EngineConnection): Promise<[EngineAnswer, Leaves]> => {
      await prepare(connection, execution, lock);
      const mark = `/* qid:${randomUUID()} */`;
      const answer = connection.run(`${mark} ${execution.sql}`, execution.format);
      const stop = this.#stopping.signal;
      if (execution.kind === "read") this.#endWith(AbortSignal.any([signal, stop]), answer, mark);
      if (execution.kind === "upkeep") this.#endWith(stop, answer, mark);
      return [await answer, leaves];
    };
    return pool.use(signal, work, lock?.settings ?? null);
  }

  /** A short question of the front's own (health): on the connection set aside, so that a full line does not fail it. */
  ask(sql: string, format = "TabSeparated"): Promise<EngineAnswer> {
    return this.#control.use(new AbortController().signal, async (connection) => [
      await connection.run(sql, format),
      "clean",
    ]);
  }

  /** Ends reads and upkeep, waits for writes, closes every connection. Nothing may be asked after this. */
  async close(): Promise<void> {
    this.#stopping.abort();
    // Closing would wait for merges, and a kill does not end one; where this fails it waits.
    await this.ask("SYSTEM STOP MERGES").catch(() => undefined);
    await Promise.all(this.#serving().map((pool) => pool.drained()));
    await this.#control.drained();
    for (const pool of [...this.#serving(), this.#control]) pool.close();
  }

  #serving(): readonly ConnectionPool[] {
    return [this.#reads, this.#writes, this.#upkeep, this.#tenants];
  }

  #poolFor({ kind, tenant }: Execution): ConnectionPool {
    if (tenant !== null) return this.#tenants;
    if (kind === "read") return this.#reads;
    return kind === "upkeep" ? this.#upkeep : this.#writes;
  }

  #endWith(signal: AbortSignal, answer: Promise<EngineAnswer>, mark: string): void {
    let running = true;
    const kill = async () => {
      while (running) {
        await this.ask(`KILL QUERY WHERE startsWith(query, '${mark}') ASYNC`);
        if (running) await delay(KILL_AGAIN_MS);
      }
    };
    // A kill that fails is one that found nothing to end: the read's own time limit holds then.
    const onAbort = () => void kill().catch(() => undefined);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    const settled = () => {
      running = false;
      signal.removeEventListener("abort", onAbort);
    };
    answer.then(settled, settled);
  }
}

/** What binds a connection to one environment. */
interface Lock {
  mark: string;
  /** All that is set, the mark first. */
  settings: string;
}

function lockOf(execution: Execution, binding: RowBinding): Lock | null {
  if (execution.tenant === null) return null;
  const mark = binding.ofTenant(execution.tenant);
  const all = [`log_comment = ${quoteString(mark)}`, ...assignmentsOf(execution), "readonly = 1"];
  return { mark, settings: all.join(", ") };
}

/** `USE` only when needed: the product asks one database. Settings and parameters in one `SET`. */
async function prepare(connection: EngineConnection, execution: Execution, lock: Lock | null): Promise<void> {
  const database = execution.database ?? "default";
  if (connection.database !== database) {
    await connection.run(`USE ${quoteIdentifier(database)}`, "Null");
    connection.database = database;
  }
  if (lock !== null) return bind(connection, lock);
  const assignments = assignmentsOf(execution);
  if (assignments.length > 0) await connection.run(`SET ${assignments.join(", ")}`, "Null");
}

function assignmentsOf({ settings, parameters }: Execution): string[] {
  return [
    ...[...settings].map(([name, value]) => `${name} = ${quoteString(value)}`),
    ...[...parameters].map(([name, value]) => `param_${name} = ${quoteString(value)}`),
  ];
}

/** A connection that is locked stays as it is, and serves who wants the same again. */
function whatIsLeft({ kind, settings, parameters, tenant }: Execution): Leaves {
  if (tenant !== null) return "clean";
  return kind === "session" || settings.size > 0 || parameters.size > 0 ? "used" : "clean";
}

/**
 * Binds a connection to one environment for as long as it is open, and lets nothing be set after that. That both hold is asked
 * of the engine before the first statement runs.
 */
async function bind(connection: EngineConnection, { mark, settings }: Lock): Promise<void> {
  if (connection.lockedAs === settings) return;
  await connection.run(`SET ${settings}`, "Null");
  const held = await connection.run("SELECT getSetting('log_comment'), getSetting('readonly')", "TSV");
  if (held.bytes.toString() !== `${mark}\t1\n`) throw new Error("a connection could not be bound to its environment");
  connection.lockedAs = settings;
}

const quoteString = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
const quoteIdentifier = (name: string): string => `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
