import type { EventRow } from "../metrics/ask/event-rows.ts";
import { type ErrorCategory, isErrorCategory } from "../view/error-category.ts";

/** The category that an error had when it came; undefined where it had none, and of other events. */
export function storedCategory({
  error_severity: severity,
  error_type: type,
}: Pick<EventRow, "error_severity" | "error_type">): ErrorCategory | undefined {
  const category = { severity, type };
  return isErrorCategory(category) ? category : undefined;
}
