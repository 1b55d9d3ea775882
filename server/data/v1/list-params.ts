import type { FastifyRequest } from "fastify";
import { z } from "zod";

/** Parameters that are lists however often they are given. */
const LISTS: ReadonlySet<string> = new Set(["timeframe", "filters", "metric_filters", "created_at"]);

/** Those of questions about parts of views; elsewhere `group_by` is one granularity or dimension. */
const LISTS_OF_PARTS: ReadonlySet<string> = new Set([...LISTS, "group_by", "values"]);

const MAX_VALUES = 200;

/**
 * A `preValidation` hook. Clients write lists as `filters[]=a&filters[]=b`, `filters[0]=a&filters[1]=b` or `filters=a`; the
 * schema knows the first. What is no list is known without brackets.
 */
export async function gatherLists(request: FastifyRequest): Promise<void> {
  gather(request, LISTS);
}

/** The same where more are lists. */
export async function gatherEveryList(request: FastifyRequest): Promise<void> {
  gather(request, LISTS_OF_PARTS);
}

function gather(request: FastifyRequest, lists: ReadonlySet<string>): void {
  const gathered: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(request.query as Record<string, string | string[]>)) {
    const [, name = key] = /^([a-z_]+)(?:\[\d{0,4}\])?$/.exec(key) ?? [];
    const list = `${name}[]`;
    if (lists.has(name)) gathered[list] = [...((gathered[list] as string[] | undefined) ?? []), ...[value].flat()];
    else gathered[name] = value;
  }
  request.query = gathered;
}

/** The schema of such a list. */
export function listParam(description: string) {
  return z.array(z.string()).max(MAX_VALUES).default([]).describe(description);
}
