import { z } from "zod";
import {
  MONITORING_DIMENSIONS,
  type MonitoringDimension,
  type MonitoringFilter,
} from "../../domain/monitoring/dimensions.ts";

/** What a client wants to see; equal views of the same environment share their queries. */
export interface Subscription {
  id: string;
  filters: readonly MonitoringFilter[];
  breakdowns: readonly MonitoringDimension[];
  resumeFromMs: number | null;
}

const MAX_FILTERS = 12;
const MAX_FILTER_VALUES = 50;
const MAX_VALUE_LENGTH = 1_024;
const MAX_BREAKDOWNS = 4;
const MAX_ID_LENGTH = 64;

const Dimension = z.enum(MONITORING_DIMENSIONS);

const Subscribe = z.object({
  id: z.string().min(1).max(MAX_ID_LENGTH),
  filters: z
    .array(
      z.object({
        dimension: Dimension,
        values: z.array(z.string().max(MAX_VALUE_LENGTH)).min(1).max(MAX_FILTER_VALUES),
        negated: z.boolean().default(false),
      }),
    )
    .max(MAX_FILTERS)
    .default([]),
  breakdowns: z
    .array(Dimension)
    .max(MAX_BREAKDOWNS)
    .default([])
    .refine((names) => new Set(names).size === names.length, "names a dimension twice"),
  resume_from: z.number().min(0).optional(),
});

export type ParsedSubscribe = { ok: true; subscription: Subscription } | { ok: false; messages: string[] };

/** Checks a `subscribe` message. Never throws: it is untrusted. */
export function parseSubscribe(message: unknown): ParsedSubscribe {
  const result = Subscribe.safeParse(message);
  if (!result.success) {
    return { ok: false, messages: result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) };
  }
  const { id, filters, breakdowns, resume_from: resumeFromMs = null } = result.data;
  return { ok: true, subscription: { id, filters, breakdowns, resumeFromMs } };
}

/** Equal for subscriptions that see the same thing. */
export function pictureKey(environmentId: number, { filters, breakdowns }: Subscription): string {
  const sorted = filters
    .map(({ dimension, values, negated }) => JSON.stringify([dimension, negated, [...new Set(values)].sort()]))
    .sort();
  return JSON.stringify([environmentId, sorted, breakdowns]);
}
