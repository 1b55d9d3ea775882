import { ApiError } from "../../domain/errors.ts";
import type { WebhookEvent } from "../../domain/webhooks/envelope.ts";
import { postgresTime } from "../../platform/postgres/clock.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import type { DeliveryStatus } from "../../platform/postgres/schema-webhooks.ts";
import { SHOWN_STATUS } from "../../platform/webhooks/shown-status.ts";
import { requireWebhook } from "./webhook-endpoints.ts";

type Db = Postgres | PostgresTransaction;
export type AttemptRow = Row<"webhook_attempts">;
export type DeliveryRow = Pick<
  Row<"webhook_deliveries">,
  "event_id" | "webhook_id" | "status" | "attempts" | "next_attempt_at"
> & { address: string };

/** An event with what is, or was, to be sent of it. */
export interface EventRecord {
  event: WebhookEvent;
  deliveries: DeliveryRow[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An event, and its place in the order of all. */
export interface NumberedEvent {
  number: number;
  event: WebhookEvent;
}

/** Those of some environments by their ids, in no order. */
export async function eventsById(
  db: Db,
  environmentIds: readonly string[],
  ids: readonly string[],
): Promise<NumberedEvent[]> {
  const events = selectEvents(db).where("v.environment_id", "in", environmentIds).where("v.id", "in", ids);
  return (await events.execute()).map(toNumbered);
}

/** Those of some environments, of each behind its number, in order. */
export async function eventsAfter(
  db: Db,
  after: ReadonlyMap<string, number>,
  { limit }: { limit: number },
): Promise<NumberedEvent[]> {
  const events = selectEvents(db).where(({ eb, or, and }) =>
    or([...after].map(([id, number]) => and([eb("v.environment_id", "=", id), eb("v.number", ">", number)]))),
  );
  return (await events.orderBy("v.number").limit(limit).execute()).map(toNumbered);
}

/** Of an environment's newest event; 0 before the first. */
export async function newestNumber(db: Db, environmentId: string): Promise<number> {
  const newest = await db
    .selectFrom("webhook_events")
    .select("number")
    .where("environment_id", "=", environmentId)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  return newest?.number ?? 0;
}

export interface EventQuery {
  type?: string | undefined;
  objectId?: string | undefined;
  /** Those with such a delivery. */
  status?: DeliveryStatus | undefined;
  page: number;
  limit: number;
}

/** An environment's events, newest first. */
export async function listEvents(db: Db, environmentId: string, query: EventQuery): Promise<EventRecord[]> {
  const { type, objectId, status, page, limit } = query;
  const rows = await selectEvents(db)
    .where("v.environment_id", "=", environmentId)
    .$if(type !== undefined, (events) => events.where("v.type", "=", type ?? ""))
    .$if(objectId !== undefined, (events) => events.where("v.object_id", "=", objectId ?? ""))
    .$if(status !== undefined, (events) =>
      events.where(({ exists, selectFrom }) =>
        exists(
          selectFrom("webhook_deliveries as d")
            .innerJoin("webhooks as w", (join) =>
              join.onRef("w.environment_id", "=", "d.environment_id").onRef("w.id", "=", "d.webhook_id"),
            )
            .select("d.event_id")
            .where("d.environment_id", "=", environmentId)
            .whereRef("d.event_id", "=", "v.id")
            .where("d.status", "in", status === "cancelled" ? ["cancelled", "waiting"] : [status ?? "waiting"])
            .where(SHOWN_STATUS, "=", status ?? "waiting"),
        ),
      ),
    )
    .orderBy("v.number", "desc")
    .limit(limit)
    .offset((page - 1) * limit)
    .execute();
  const deliveries = await deliveriesOf(
    db,
    environmentId,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    event: toNumbered(row).event,
    deliveries: deliveries.filter(({ event_id }) => event_id === row.id),
  }));
}

/** An environment's event, or 404: not there and somebody else's look the same. */
export async function requireEvent(db: Db, environmentId: string, id: string): Promise<EventRecord> {
  const row = UUID.test(id)
    ? await selectEvents(db).where("v.environment_id", "=", environmentId).where("v.id", "=", id).executeTakeFirst()
    : undefined;
  if (row === undefined)
    throw new ApiError("not_found", [`Event ${id} does not exist, or does not belong to this environment`]);
  return { event: toNumbered(row).event, deliveries: await deliveriesOf(db, environmentId, [row.id]) };
}

/** All that was tried to send an event, oldest first. */
export function attemptsOf(db: Db, environmentId: string, eventId: string): Promise<AttemptRow[]> {
  return db
    .selectFrom("webhook_attempts")
    .selectAll()
    .where("environment_id", "=", environmentId)
    .where("event_id", "=", eventId)
    .orderBy("created_at")
    .execute();
}

async function deliveriesOf(db: Db, environmentId: string, eventIds: readonly string[]): Promise<DeliveryRow[]> {
  if (eventIds.length === 0) return [];
  return db
    .selectFrom("webhook_deliveries as d")
    .innerJoin("webhooks as w", (join) =>
      join.onRef("w.environment_id", "=", "d.environment_id").onRef("w.id", "=", "d.webhook_id"),
    )
    .select(["d.event_id", "d.webhook_id", "d.attempts", "d.next_attempt_at", "w.address", SHOWN_STATUS.as("status")])
    .where("d.environment_id", "=", environmentId)
    .where("d.event_id", "in", eventIds)
    .orderBy("w.number")
    .execute();
}

/**
 * Has an event sent again, at once and with three days of its own: to one endpoint or, with null, to each that is enabled. 404 where
 * there is no such event or endpoint, 400 where nothing is enabled.
 */
export async function replayEvent(
  transaction: PostgresTransaction,
  environmentId: string,
  { eventId, webhookId }: { eventId: string; webhookId: string | null },
): Promise<void> {
  const { event } = await requireEvent(transaction, environmentId, eventId);
  const webhookIds = webhookId === null ? await enabledIds(transaction, environmentId) : [webhookId];
  if (webhookId !== null) await requireEnabled(transaction, environmentId, webhookId);
  if (webhookIds.length === 0)
    throw new ApiError("invalid_parameters", ["This environment has no webhook that is enabled: create one first"]);
  const fresh = {
    status: "waiting" as const,
    attempts: 0,
    started_at: postgresTime(),
    next_attempt_at: postgresTime(),
  };
  await transaction
    .insertInto("webhook_deliveries")
    .values(webhookIds.map((id) => ({ environment_id: environmentId, event_id: event.id, webhook_id: id, ...fresh })))
    .onConflict((conflict) =>
      conflict
        .columns(["environment_id", "event_id", "webhook_id"])
        .doUpdateSet(({ eb }) => ({ ...fresh, run: eb("webhook_deliveries.run", "+", 1) })),
    )
    .execute();
}

async function enabledIds(transaction: PostgresTransaction, environmentId: string): Promise<string[]> {
  const rows = await transaction
    .selectFrom("webhooks")
    .select("id")
    .where("environment_id", "=", environmentId)
    .where("enabled", "=", true)
    .where("deleted_at", "is", null)
    .execute();
  return rows.map(({ id }) => id);
}

async function requireEnabled(transaction: PostgresTransaction, environmentId: string, id: string): Promise<void> {
  const { enabled } = await requireWebhook(transaction, environmentId, id);
  if (!enabled) throw new ApiError("invalid_parameters", [`webhook_id: webhook ${id} is not enabled: enable it first`]);
}

type EventRow = Pick<
  Row<"webhook_events">,
  "id" | "number" | "type" | "object_type" | "object_id" | "data" | "created_at"
> & {
  environment_id: string;
  environment_name: string;
};

function selectEvents(db: Db) {
  return db
    .selectFrom("webhook_events as v")
    .innerJoin("environments as e", "e.id", "v.environment_id")
    .select(["v.id", "v.number", "v.type", "v.object_type", "v.object_id", "v.data", "v.created_at"])
    .select(["e.id as environment_id", "e.name as environment_name"]);
}

function toNumbered({ number, object_type, object_id, ...row }: EventRow): NumberedEvent {
  const { id, type, created_at: createdAt, data } = row;
  const environment = { id: row.environment_id, name: row.environment_name };
  return { number, event: { id, type, createdAt, object: { type: object_type, id: object_id }, environment, data } };
}
