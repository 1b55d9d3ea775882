import type { ColumnType, Generated } from "kysely";
import type { Json } from "./schema.ts";

export interface WebhookEvents {
  environment_id: string;
  id: Generated<string>;
  number: ColumnType<number, never, never>;
  type: string;
  object_type: string;
  object_id: string;
  data: Json;
  created_at: ColumnType<Date, Date, never>;
}

export interface Webhooks {
  environment_id: string;
  id: string;
  number: ColumnType<number, never, never>;
  address: string;
  enabled: Generated<boolean>;
  signing_secret: string;
  created_at: ColumnType<Date, Date, never>;
  deleted_at: Date | null;
}

export type DeliveryStatus = "waiting" | "delivered" | "failed" | "cancelled";

export interface WebhookDeliveries {
  environment_id: string;
  event_id: string;
  webhook_id: string;
  status: Generated<DeliveryStatus>;
  run: Generated<number>;
  attempts: Generated<number>;
  started_at: Generated<Date>;
  next_attempt_at: Generated<Date>;
}

export interface WebhookAttempts {
  environment_id: string;
  event_id: string;
  webhook_id: string;
  id: Generated<string>;
  address: string;
  created_at: ColumnType<Date, Date, never>;
  took_ms: number;
  response_status_code: number | null;
  response_headers: Json;
  response_body: string | null;
  error: string | null;
}
