import type { Dimension } from "./dimensions.ts";
import type { ViewFilter } from "./scope.ts";

/**
 * Keeps the views whose value of a dimension reads so; "" is no value. A list is spelled `[a,b]` in order, an empty one `[]`
 * or "", as answers spell them too.
 *
 * @throws RangeError for a bare text where the dimension is a list (data-api.md §1)
 */
export function valueFilter({ id, type }: Dimension, value: string): ViewFilter {
  if (type !== "sequence") return { dimension: id, operator: "is", values: [value], negated: false };
  return { dimension: id, operator: "equals_list", values: listOf(id, value), negated: false };
}

function listOf(id: string, value: string): string[] {
  if (value === "" || value === "[]") return [];
  if (!value.startsWith("[") || !value.endsWith("]")) throw new RangeError(`${id} holds lists, such as [a,b]`);
  return value.slice(1, -1).split(",");
}
