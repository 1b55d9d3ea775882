import { sql } from "kysely";
import type { Postgres } from "../postgres/pool.ts";
import type { DeliveryStatus } from "../postgres/schema-webhooks.ts";
import type { ClaimedDelivery } from "./claim-deliveries.ts";

/** What an attempt came to. */
export interface AttemptResult {
  startedAtMs: number;
  tookMs: number;
  /** Null where nothing was answered; then `error` says why. */
  statusCode: number | null;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  error: string | null;
}

export interface Settlement {
  delivery: ClaimedDelivery;
  attempt: AttemptResult;
  status: Exclude<DeliveryStatus, "cancelled">;
  /** Until the next attempt; 0 where there is none. */
  delayMs: number;
}

/** All but waiting, and said so: with "= 'waiting'" Postgres may look for a row among all that wait for its endpoint (tried: 1 s for 200). */
const ENDED = sql.lit("{delivered,failed,cancelled}");

/** Notes attempts, and what becomes of their deliveries: all of them or, when it rejects, none. */
export async function settleDeliveries(db: Postgres, settlements: readonly Settlement[]): Promise<void> {
  await sql`
    with settled as (
      select * from jsonb_to_recordset(${JSON.stringify(settlements.map(toRow))}::jsonb) as s (
        environment_id text, event_id uuid, webhook_id text, run int, status text, delay_ms float8, address text,
        created_at timestamptz, took_ms int, code int, headers jsonb, body text, error text
      )
    ), noted as (
      insert into webhook_attempts (environment_id, event_id, webhook_id, address, created_at, took_ms,
        response_status_code, response_headers, response_body, error)
      select environment_id, event_id, webhook_id, s.address, s.created_at, s.took_ms, s.code, s.headers, s.body, s.error
      from settled s
      join webhook_deliveries using (environment_id, event_id, webhook_id)
    )
    update webhook_deliveries d
    set status = s.status, attempts = d.attempts + 1,
      next_attempt_at = now() + make_interval(secs => s.delay_ms / 1000)
    from settled s
    where d.environment_id = s.environment_id and d.event_id = s.event_id and d.webhook_id = s.webhook_id
      and d.run = s.run and d.status <> all (${ENDED}::text[])`.execute(db);
}

function toRow({ delivery, attempt, status, delayMs }: Settlement) {
  return {
    environment_id: delivery.environmentId,
    event_id: delivery.event.id,
    webhook_id: delivery.webhookId,
    run: delivery.run,
    status,
    delay_ms: delayMs,
    address: delivery.address,
    created_at: new Date(attempt.startedAtMs).toISOString(),
    took_ms: attempt.tookMs,
    code: attempt.statusCode,
    headers: attempt.headers,
    body: attempt.body,
    error: attempt.error,
  };
}
