import { type RawBuilder, sql } from "kysely";
import type { Offer } from "../../domain/webhooks/endpoint-share.ts";
import type { Attempt, WebhookEvent } from "../../domain/webhooks/envelope.ts";
import type { Postgres } from "../postgres/pool.ts";

/** As long as a delivery belongs to who took it: more than an attempt and its note take. */
const LEASE_SECONDS = 20;
/** Attempts before that are told to the receiver, the newest ones. */
const MOST_TOLD = 30;

/** An event that is to be sent to an endpoint now. */
export interface ClaimedDelivery {
  environmentId: string;
  webhookId: string;
  webhookNumber: number;
  address: string;
  signingSecret: string;
  event: WebhookEvent;
  /** How often it was asked for. */
  run: number;
  /** Of this run, so far. */
  attempts: number;
  /** Since this run began. */
  elapsedMs: number;
  /** Of all runs, oldest first. */
  past: Attempt[];
}

interface ClaimedRow {
  environment_id: string;
  environment_name: string;
  webhook_id: string;
  webhook_number: number;
  address: string;
  signing_secret: string;
  event_id: string;
  type: string;
  object_type: string;
  object_id: string;
  data: object;
  created_at: Date;
  run: number;
  attempts: number;
  elapsed_ms: number;
  past: PastRow[];
}

interface PastRow {
  id: string;
  address: string;
  created_at: string;
  response_status_code: number | null;
  response_headers: Record<string, string>;
  response_body: string | null;
}

/**
 * Takes what is due, each endpoint's longest due first and every endpoint's first before anybody's second, what keeps an endpoint's room
 * below that of others counted; for 20 s it is nobody else's. Rejects with `PostgresUnavailable`; what was taken then comes back by itself.
 */
export async function claimDeliveries(db: Postgres, offer: Offer): Promise<ClaimedDelivery[]> {
  const { rows } = await claim(offer).execute(db);
  return rows.map(toDelivery);
}

function claim({ rooms, ofOthers, inAll }: Offer): RawBuilder<ClaimedRow> {
  return sql<ClaimedRow>`
    with room as (
      select * from unnest(${[...rooms.keys()]}::text[], ${[...rooms.values()]}::int[]) as known (webhook_id, room)
    ), due as (
      select d.*, row_number() over (partition by d.webhook_id order by d.next_attempt_at)
        + ${ofOthers}::int - coalesce(r.room, ${ofOthers}::int) as place
      from webhooks w
      join environments e on e.id = w.environment_id and e.deleted_at is null
      left join room r on r.webhook_id = w.id
      cross join lateral (
        select environment_id, event_id, webhook_id, next_attempt_at
        from webhook_deliveries
        where environment_id = w.environment_id and webhook_id = w.id and status = 'waiting' and next_attempt_at <= now()
        order by next_attempt_at
        limit coalesce(r.room, ${ofOthers}::int)
      ) d
      where w.enabled and w.deleted_at is null and coalesce(r.room, ${ofOthers}::int) > 0
    ), free as (
      select d.environment_id, d.event_id, d.webhook_id
      from (select * from due order by place, next_attempt_at limit ${inAll}::int) chosen
      join webhook_deliveries d using (environment_id, event_id, webhook_id)
      where d.status = 'waiting' and d.next_attempt_at <= now()
      for update of d skip locked
    ), taken as (
      update webhook_deliveries d set next_attempt_at = now() + make_interval(secs => ${LEASE_SECONDS}::int)
      from free f
      where d.environment_id = f.environment_id and d.event_id = f.event_id and d.webhook_id = f.webhook_id
      returning d.environment_id, d.event_id, d.webhook_id, d.run, d.attempts,
        (extract(epoch from now() - d.started_at) * 1000)::float8 as elapsed_ms
    )
    select t.*, e.name as environment_name, w.number as webhook_number, w.address, w.signing_secret,
      ev.type, ev.object_type, ev.object_id, ev.data, ev.created_at, ${past} as past
    from taken t
    join environments e on e.id = t.environment_id
    join webhooks w on w.environment_id = t.environment_id and w.id = t.webhook_id
    join webhook_events ev on ev.environment_id = t.environment_id and ev.id = t.event_id`;
}

const past = sql`
  case when t.run = 1 and t.attempts = 0 then '[]'::json else (
    select coalesce(json_agg(a order by a.created_at), '[]'::json) from (
      select id, address, created_at, response_status_code, response_headers, response_body
      from webhook_attempts
      where environment_id = t.environment_id and event_id = t.event_id and webhook_id = t.webhook_id
      order by created_at desc
      limit ${sql.lit(MOST_TOLD)}
    ) a
  ) end`;

function toDelivery(row: ClaimedRow): ClaimedDelivery {
  return {
    environmentId: row.environment_id,
    webhookId: row.webhook_id,
    webhookNumber: row.webhook_number,
    address: row.address,
    signingSecret: row.signing_secret,
    event: {
      id: row.event_id,
      type: row.type,
      createdAt: row.created_at,
      object: { type: row.object_type, id: row.object_id },
      environment: { id: row.environment_id, name: row.environment_name },
      data: row.data,
    },
    run: row.run,
    attempts: row.attempts,
    elapsedMs: row.elapsed_ms,
    past: row.past.map((attempt) => ({
      id: attempt.id,
      address: attempt.address,
      webhookNumber: row.webhook_number,
      createdAt: new Date(attempt.created_at),
      statusCode: attempt.response_status_code,
      headers: attempt.response_headers,
      body: attempt.response_body,
    })),
  };
}
