import { sql } from "kysely";
import type { DeliveryStatus } from "../postgres/schema-webhooks.ts";

/** Of delivery `d` to endpoint `w`. One that was noted while its endpoint was being deleted is not sent either, though it says it waits. */
export const SHOWN_STATUS = sql<DeliveryStatus>`
  case when d.status = 'waiting' and w.deleted_at is not null then 'cancelled' else d.status end`;
