import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

/** Our own names of sizes: without them a text size and a text colour count as the same and one is dropped. */
const merge = extendTailwindMerge({
  extend: { theme: { text: ["2xs", "display"], radius: ["control", "panel"], shadow: ["menu"] } },
});

/** Joins class names; of two that set the same, the later wins. */
export function classNames(...values: ClassValue[]): string {
  return merge(clsx(values));
}
