import { Counter } from "prom-client";
import type { Metrics } from "../../platform/observability/metrics.ts";
import type { RoutedEvents } from "./route-events.ts";

/**
 * What the edge counts. Of every acknowledged request: received = logged + rejected, in events; a request that could not be
 * read counts as one. Nothing is counted before it is durable; what is answered 503 comes again and is not counted.
 */
export interface EdgeMetrics {
  answered(status: 200 | 503): void;
  /** The answer is a call that counts: it remembers numbers, not the events. */
  routed(events: RoutedEvents): () => void;
  tooLarge(): void;
  /** The client left before its request was whole. */
  aborted(): void;
}

export function createEdgeMetrics(metrics: Metrics): EdgeMetrics {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers: [metrics] });
  const requests = counter("playhead_edge_requests_total", "Beacon requests by what was answered", ["answer"]);
  const received = counter("playhead_edge_events_received_total", "Events of acknowledged requests", []);
  const logged = counter("playhead_edge_events_logged_total", "Events written to topic beacons", []);
  const refused = counter("playhead_edge_events_rejected_total", "Events not taken, counted in topic rejected", [
    "reason",
  ]);
  const [answer200, answer503] = [requests.labels("200"), requests.labels("503")]; // labels are hashed at each look-up
  return {
    answered: (status) => (status === 200 ? answer200 : answer503).inc(),
    tooLarge: () => requests.inc({ answer: "closed_too_large" }),
    aborted: () => requests.inc({ answer: "client_left" }),
    routed: (routed) => {
      const all = routed.received;
      const taken = routed.views.reduce((sum, view) => sum + view.events.length, 0);
      const rejected = [...routed.rejected.values()].map(({ reason, count }) => ({ reason, count }));
      return () => {
        received.inc(all);
        logged.inc(taken);
        for (const { reason, count } of rejected) refused.inc({ reason }, count);
      };
    },
  };
}
