import type { PostgresTransaction } from "../../platform/postgres/pool.ts";

export interface VideoEvent {
  /** Such as `video.asset.ready` (reference video-api.md §7.5). */
  type: string;
  environmentId: string;
  object: { type: "asset" | "track" | "upload"; id: string };
  /** The whole resource as the API gives it now. */
  data: object;
  nowMs: number;
}

/** Notes what happened, in the transaction that makes it happen: a webhook can be late, never lost. */
export async function recordEvent(transaction: PostgresTransaction, event: VideoEvent): Promise<void> {
  await transaction
    .insertInto("webhook_events")
    .values({
      environment_id: event.environmentId,
      type: event.type,
      object_type: event.object.type,
      object_id: event.object.id,
      data: JSON.stringify(event.data),
      created_at: new Date(event.nowMs),
    })
    .execute();
}
