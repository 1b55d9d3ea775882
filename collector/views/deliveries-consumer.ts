import { type DeliveryRecord, decodeDeliveryRecord } from "../../domain/usage/delivery-record.ts";
import { deliveryRow } from "../sink/delivery-rows.ts";
import type { Sink } from "../sink/sink.ts";
import { StoringConsumer, type StoringConsumerDeps } from "./storing-consumer.ts";

export type DeliveriesConsumerDeps = StoringConsumerDeps & { sink: Sink };

/** Stores topic `deliveries` in the table of that name. */
export function createDeliveriesConsumer({ sink, ...deps }: DeliveriesConsumerDeps): StoringConsumer<DeliveryRecord> {
  return new StoringConsumer(deps, {
    topic: "deliveries",
    group: "deliveries",
    decode: decodeDeliveryRecord,
    store: (records, signal) => sink.store({ deliveries: records.map(({ record }) => deliveryRow(record)) }, signal),
  });
}
