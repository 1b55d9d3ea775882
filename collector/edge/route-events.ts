import type { PeekedEvent } from "../../domain/wire/decode-request.ts";
import type { RejectReason } from "../../domain/wire/peek-event.ts";
import type { EdgeEnvironment } from "./environments.ts";

/** Why an event is not taken: wrong in itself, or of nobody's environment. */
export type EdgeRejectReason = RejectReason | "unknown_environment" | "unreadable_body";

/** The events of one view in one request. */
export interface RoutedView {
  environment: EdgeEnvironment;
  viewId: string;
  events: unknown[];
}

export interface RoutedEvents {
  views: RoutedView[];
  rejected: Map<EdgeRejectReason, { count: number; first: unknown }>;
}

/**
 * Sorts the events of a request by environment and view, keeping their order. An event's own key (`ake`) decides its
 * environment, else the collection host's first label (`KEY.beacons.example.com`).
 */
export function routeEvents(
  events: readonly PeekedEvent[],
  hostLabel: string | null,
  findEnvironment: (envKey: string) => EdgeEnvironment | null,
): RoutedEvents {
  const views = new Map<string, RoutedView>();
  const rejected: RoutedEvents["rejected"] = new Map();
  for (const { raw, peek } of events) {
    if (typeof peek === "string") {
      reject(rejected, peek, raw);
      continue;
    }
    const envKey = peek.envKey ?? hostLabel;
    const environment = envKey === null ? null : findEnvironment(envKey);
    if (environment === null) {
      reject(rejected, "unknown_environment", raw);
      continue;
    }
    const key = `${environment.environmentId}/${peek.viewId}`;
    const view = views.get(key);
    if (view !== undefined) view.events.push(raw);
    else views.set(key, { environment, viewId: peek.viewId, events: [raw] });
  }
  return { views: [...views.values()], rejected };
}

export function reject(rejected: RoutedEvents["rejected"], reason: EdgeRejectReason, raw: unknown): void {
  const known = rejected.get(reason);
  if (known !== undefined) known.count += 1;
  else rejected.set(reason, { count: 1, first: raw });
}

/** `KEY` of `KEY.beacons.example.com`; null where the host is a plain name, an address or an unlikely key. */
export function hostEnvKey(host: string | undefined): string | null {
  const label = /^([a-z0-9]{1,64})\.[^.]+/i.exec(host ?? "")?.[1];
  if (label === undefined || /^\d+$/.test(label)) return null;
  return label.toLowerCase();
}
