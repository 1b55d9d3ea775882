import type { FastifyRequest } from "fastify";
import { z } from "zod";

/** Parameters that may be given several times, and are lists however often they are given. */
const LISTS: ReadonlySet<string> = new Set(["timeframe", "filters", "metric_filters", "group_by", "values"]);

/** A single value of these is one: `group_by` names a granularity or a dimension elsewhere. */
const LISTS_IN_BRACKETS_ALONE: ReadonlySet<string> = new Set(["group_by", "values"]);

const MAX_VALUES = 200;

/**
 * A `preValidation` hook. Clients write lists as `filters[]=a&filters[]=b`, `filters[0]=a&filters[1]=b` or `filters=a`; the
 * schema knows the first. What is no list stays as it is.
 */
export async function gatherLists(request: FastifyRequest): Promise<void> {
  gather(request, LISTS_IN_BRACKETS_ALONE);
}

/** The same where every list is one in all spellings. */
export async function gatherEveryList(request: FastifyRequest): Promise<void> {
  gather(request, new Set());
}

function gather(request: FastifyRequest, inBracketsAlone: ReadonlySet<string>): void {
  const gathered: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(request.query as Record<string, string | string[]>)) {
    const name = listName(key, inBracketsAlone);
    if (name === null) gathered[key] = value;
    else gathered[name] = [...((gathered[name] as string[] | undefined) ?? []), ...[value].flat()];
  }
  request.query = gathered;
}

function listName(key: string, inBracketsAlone: ReadonlySet<string>): string | null {
  const [, name = "", brackets] = /^([a-z_]+)(\[\d{0,4}\])?$/.exec(key) ?? [];
  if (!LISTS.has(name) || (brackets === undefined && inBracketsAlone.has(name))) return null;
  return `${name}[]`;
}

/** The schema of such a list. */
export function listParam(description: string) {
  return z.array(z.string()).max(MAX_VALUES).default([]).describe(description);
}
