import type { FastifyRequest } from "fastify";

/** A `preValidation` hook: clients of typed languages send null for what they leave out. */
export async function withoutNulls(request: FastifyRequest): Promise<void> {
  request.body = strip(request.body);
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(entries.map(([key, member]) => [key, strip(member)]));
}
