import { cutText } from "../cut-text.ts";

/** A rendition list of 40 variants has about 300 values, five levels deep. */
const MAX_DEPTH = 8;
const MAX_VALUES = 2_000;
const MAX_TEXT_LENGTH = 2_048;

/** Handed up through the recursion. */
const TOO_LARGE = Symbol("too large");

/**
 * A copy of nested JSON that is safe to walk and to write again: bounded in depth (writing is recursive), in size and
 * in text, numbers finite, texts well-formed, objects without a prototype. Undefined when it is too large.
 */
export function copyNested(value: unknown): unknown {
  const budget = { values: MAX_VALUES };
  const copy = copyValue(value, 0, budget);
  return copy === TOO_LARGE ? undefined : copy;
}

function copyValue(value: unknown, depth: number, budget: { values: number }): unknown {
  budget.values -= 1;
  if (budget.values < 0 || depth > MAX_DEPTH) return TOO_LARGE;
  if (typeof value === "string") return cutText(value, MAX_TEXT_LENGTH);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object") return null;
  return Array.isArray(value) ? copyArray(value, depth, budget) : copyObject(value, depth, budget);
}

function copyArray(values: readonly unknown[], depth: number, budget: { values: number }): unknown {
  const copies: unknown[] = [];
  for (const value of values) {
    const copy = copyValue(value, depth + 1, budget);
    if (copy === TOO_LARGE) return TOO_LARGE;
    copies.push(copy);
  }
  return copies;
}

function copyObject(value: object, depth: number, budget: { values: number }): unknown {
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, part] of Object.entries(value)) {
    if (key === "__proto__") continue;
    const inner = copyValue(part, depth + 1, budget);
    if (inner === TOO_LARGE) return TOO_LARGE;
    copy[cutText(key, MAX_TEXT_LENGTH)] = inner;
  }
  return copy;
}
