import { collectDefaultMetrics, Registry } from "prom-client";

export type Metrics = Registry;

/** A registry of its own per program, never the global one; process and event-loop metrics included. */
export function createMetrics(program: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ program });
  collectDefaultMetrics({ register: registry });
  return registry;
}
