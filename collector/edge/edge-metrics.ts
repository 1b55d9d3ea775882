import { Counter } from "prom-client";
import type { Metrics } from "../../platform/observability/metrics.ts";
import type { RoutedEvents } from "./route-events.ts";

/** What the edge counts. Every event of every answered request is either accepted or rejected for a reason. */
export interface EdgeMetrics {
  answered(status: 200 | 503): void;
  /** The answer is a call that counts: it remembers numbers, not the events. */
  routed(events: RoutedEvents): () => void;
  tooLarge(): void;
  /** The client left before its request was whole. */
  aborted(): void;
}

export function createEdgeMetrics(metrics: Metrics): EdgeMetrics {
  const requests = new Counter({
    name: "playhead_edge_requests_total",
    help: "Beacon requests by what was answered",
    labelNames: ["answer"],
    registers: [metrics],
  });
  const events = new Counter({
    name: "playhead_edge_events_total",
    help: "Events of acknowledged requests, by what became of them",
    labelNames: ["outcome"],
    registers: [metrics],
  });
  const [answer200, answer503] = [requests.labels("200"), requests.labels("503")]; // labels are hashed at each look-up
  const accepted = events.labels("accepted");
  return {
    answered: (status) => (status === 200 ? answer200 : answer503).inc(),
    tooLarge: () => requests.inc({ answer: "closed_too_large" }),
    aborted: () => requests.inc({ answer: "client_left" }),
    routed: ({ views, rejected }) => {
      const taken = views.reduce((sum, view) => sum + view.events.length, 0);
      const refused = [...rejected].map(([reason, { count }]) => ({ outcome: `rejected_${reason}`, count }));
      return () => {
        accepted.inc(taken);
        for (const { outcome, count } of refused) events.inc({ outcome }, count);
      };
    },
  };
}
