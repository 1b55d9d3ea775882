import { z } from "zod";
import type { AttemptRow, EventRecord } from "../../webhooks/webhook-events.ts";

export const DELIVERY_STATUSES = ["waiting", "delivered", "failed", "cancelled"] as const;

const DeliveryWire = z.object({
  webhook_id: z.string(),
  address: z.string(),
  status: z
    .enum(DELIVERY_STATUSES)
    .describe("failed: not taken within three days; cancelled: the webhook was deleted before"),
  attempt_count: z.number().describe("Since it happened, or was last asked to be sent again"),
  next_attempt_at: z.iso.datetime().nullable().describe("While it waits"),
});

/** An event as the API lists it. */
export const EventWire = z.object({
  id: z.uuid(),
  type: z.string(),
  created_at: z.iso.datetime(),
  object: z.object({ type: z.string(), id: z.string() }),
  data: z.record(z.string(), z.unknown()).describe("The resource as the API gave it then"),
  deliveries: z.array(DeliveryWire).describe("One for each webhook that it was sent to, or is to be"),
});

const AttemptWire = z.object({
  id: z.uuid(),
  address: z.string(),
  created_at: z.iso.datetime(),
  took_ms: z.number(),
  response_status_code: z.number().nullable().describe("null: nothing was answered"),
  response_headers: z.record(z.string(), z.string()),
  response_body: z.string().nullable().describe("The first 4 kB"),
  error: z.string().nullable().describe("Why nothing was answered"),
});

/** One event, with everything that was tried. */
export const EventDetailWire = EventWire.extend({
  deliveries: z.array(DeliveryWire.extend({ attempts: z.array(AttemptWire).describe("Oldest first") })),
});

const TextRecord = z.record(z.string(), z.string());

export function eventToWire({ event, deliveries }: EventRecord): z.output<typeof EventWire> {
  const { id, type, createdAt, object, data } = event;
  return {
    ...{ id, type, created_at: createdAt.toISOString(), object: { type: object.type, id: object.id } },
    data: { ...data },
    deliveries: deliveries.map((delivery) => ({
      webhook_id: delivery.webhook_id,
      address: delivery.address,
      status: delivery.status,
      attempt_count: delivery.attempts,
      next_attempt_at: delivery.status === "waiting" ? delivery.next_attempt_at.toISOString() : null,
    })),
  };
}

export function eventDetailToWire(
  record: EventRecord,
  attempts: readonly AttemptRow[],
): z.output<typeof EventDetailWire> {
  const event = eventToWire(record);
  return {
    ...event,
    deliveries: event.deliveries.map((delivery) => ({
      ...delivery,
      attempts: attempts.filter(({ webhook_id }) => webhook_id === delivery.webhook_id).map(attemptToWire),
    })),
  };
}

function attemptToWire(row: AttemptRow): z.output<typeof AttemptWire> {
  const { id, address, created_at, took_ms, response_status_code, response_body, error } = row;
  return {
    ...{ id, address, created_at: created_at.toISOString(), took_ms, response_status_code, response_body, error },
    response_headers: TextRecord.parse(row.response_headers),
  };
}
