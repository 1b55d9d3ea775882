import { z } from "zod";
import type { Question } from "../../domain/monitoring/queries.ts";
import { type Measured, measureAsking } from "./measure-asking.ts";
import type { QueryStore } from "./query-store.ts";

const Row = z.record(z.string(), z.unknown());
export type Row = z.output<typeof Row>;

export function answer({ clickhouse }: QueryStore, { sql, params }: Question): Promise<Row[]> {
  return clickhouse.query(sql, params, Row, { settings: { max_execution_time: 120 } });
}

/** Asks again and again, so many at a time. */
export function measureQuestion(store: QueryStore, question: Question, atOnce: number): Promise<Measured> {
  return measureAsking(() => answer(store, question), { atOnce, pids: [store.pid] });
}
