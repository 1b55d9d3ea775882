import { randomBytes } from "node:crypto";
import { isMediaId } from "../../domain/asset/media-id.ts";
import { ApiError } from "../../domain/errors.ts";
import { postgresTime } from "../../platform/postgres/clock.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import type { Caller } from "../auth/access-tokens.ts";
import { recordAudit } from "../auth/audit.ts";
import { auditEntryOf } from "../auth/audit-entry.ts";
import { type Capped, requireRoom } from "../http/require-room.ts";
import type { Services } from "../http/services.ts";

type Db = Postgres | PostgresTransaction;
export type WebhookRow = Row<"webhooks">;

const WEBHOOKS: Capped = { most: 100, noun: "webhooks" };
const SECRET_BYTES = 24;

export interface WebhookChange {
  address?: string | undefined;
  enabled?: boolean | undefined;
}

/** A new endpoint of the caller's environment, enabled, with a secret of its own. 400 where another has this address. */
export async function insertWebhook(
  transaction: PostgresTransaction,
  { newId, now }: Pick<Services, "newId" | "now">,
  caller: Caller,
  address: string,
): Promise<WebhookRow> {
  const environmentId = caller.environment.id;
  await requireRoom(transaction, environmentId, WEBHOOKS, () =>
    // also lets those come one after another that choose an address
    transaction
      .selectFrom("webhooks")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("environment_id", "=", environmentId)
      .where("deleted_at", "is", null)
      .executeTakeFirstOrThrow(),
  );
  await requireFreeAddress(transaction, environmentId, address);
  const row = await transaction
    .insertInto("webhooks")
    .values({
      environment_id: environmentId,
      id: newId(),
      address,
      signing_secret: randomBytes(SECRET_BYTES).toString("base64url"),
      created_at: new Date(now()),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordAudit(transaction, auditEntryOf(caller, "webhook.create", row.id));
  return row;
}

/** Newest first. */
export function listWebhooks(
  db: Db,
  environmentId: string,
  { page, limit }: { page: number; limit: number },
): Promise<WebhookRow[]> {
  return livingWebhooks(db, environmentId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .offset((page - 1) * limit)
    .execute();
}

/** An environment's endpoint, or 404: not there, deleted and somebody else's look the same. */
export async function requireWebhook(db: Db, environmentId: string, id: string): Promise<WebhookRow> {
  const row = isMediaId(id)
    ? await livingWebhooks(db, environmentId).where("id", "=", id).executeTakeFirst()
    : undefined;
  if (row === undefined)
    throw new ApiError("not_found", [`Webhook ${id} does not exist, or does not belong to this environment`]);
  return row;
}

/** What waits for it goes to its new address; while it is disabled, it waits, and has three days of its own again after that. */
export function changeWebhook(
  { db }: Pick<Services, "db">,
  caller: Caller,
  id: string,
  { address, enabled }: WebhookChange,
): Promise<WebhookRow> {
  const environmentId = caller.environment.id;
  return db.transaction().execute(async (transaction) => {
    await transaction
      .selectFrom("environments")
      .select("id")
      .where("id", "=", environmentId)
      .forNoKeyUpdate()
      .execute();
    const before = await requireWebhook(transaction, environmentId, id);
    if (address !== undefined && address !== before.address)
      await requireFreeAddress(transaction, environmentId, address);
    const row = await transaction
      .updateTable("webhooks")
      .set({ address: address ?? before.address, enabled: enabled ?? before.enabled })
      .where("environment_id", "=", environmentId)
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirstOrThrow();
    if (row.enabled && !before.enabled) await startAnew(transaction, row);
    await recordAudit(transaction, auditEntryOf(caller, "webhook.update", id));
    return row;
  });
}

/** Nothing is sent to it any more; what waited for it is cancelled. 404 when there is none. */
export async function deleteWebhook({ db, now }: Pick<Services, "db" | "now">, caller: Caller, id: string) {
  const environmentId = caller.environment.id;
  await db.transaction().execute(async (transaction) => {
    await requireWebhook(transaction, environmentId, id);
    await transaction
      .updateTable("webhooks")
      .set({ deleted_at: new Date(now()) })
      .where("environment_id", "=", environmentId)
      .where("id", "=", id)
      .execute();
    await transaction
      .updateTable("webhook_deliveries")
      .set({ status: "cancelled" })
      .where("environment_id", "=", environmentId)
      .where("webhook_id", "=", id)
      .where("status", "=", "waiting")
      .execute();
    await recordAudit(transaction, auditEntryOf(caller, "webhook.delete", id));
  });
}

/** Time in which nothing could be sent does not count against what waited. It is due when it was. */
async function startAnew(transaction: PostgresTransaction, { environment_id: environmentId, id }: WebhookRow) {
  await transaction
    .updateTable("webhook_deliveries")
    .set({ started_at: postgresTime(), attempts: 0 })
    .where("environment_id", "=", environmentId)
    .where("webhook_id", "=", id)
    .where("status", "=", "waiting")
    .execute();
}

async function requireFreeAddress(transaction: PostgresTransaction, environmentId: string, address: string) {
  const other = await livingWebhooks(transaction, environmentId).where("address", "=", address).executeTakeFirst();
  if (other !== undefined)
    throw new ApiError("invalid_parameters", [
      `address: webhook ${other.id} of this environment has this address: change or delete that one`,
    ]);
}

function livingWebhooks(db: Db, environmentId: string) {
  return db
    .selectFrom("webhooks")
    .selectAll()
    .where("environment_id", "=", environmentId)
    .where("deleted_at", "is", null);
}
