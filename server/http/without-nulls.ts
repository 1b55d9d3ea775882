import type { FastifyRequest } from "fastify";
import { ApiError } from "../../domain/errors.ts";

/** More than any body means anything by; JSON is read to any depth, but walking it that deep would overflow the stack. */
const MAX_DEPTH = 64;

/** A `preValidation` hook: clients of typed languages send null for what they leave out. */
export async function withoutNulls(request: FastifyRequest): Promise<void> {
  request.body = strip(request.body, 0);
}

function strip(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) throw new ApiError("invalid_parameters", ["The body is nested too deep"]);
  if (Array.isArray(value)) return value.map((member) => strip(member, depth + 1));
  const entries = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(entries.map(([key, member]) => [key, strip(member, depth + 1)]));
}
