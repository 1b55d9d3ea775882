import { asFlag } from "./view-state.ts";

/** Of which kind an environment says that errors with a code are. It overrules what players tell (data-api.md §9.1). */
export interface ErrorCategory {
  severity: "fatal" | "warning";
  type: "playback_failure" | "business_exception";
}

/** Errors of a view that had a category when they arrived, by sequence number. */
export type ErrorCategories = Readonly<Record<number, ErrorCategory>>;

/** How an error counts. */
export interface ErrorWeight {
  /** A warning does not end playback. */
  fatal: boolean;
  /** The viewer was refused on purpose (rights, payment), which is no fault of the playback. */
  businessException: boolean;
}

/** In UTF-16 code units. A view keeps no more of a code, so a category is of no longer one. The event keeps it whole. */
export const MAX_ERROR_CODE_LENGTH = 128;
/** The same of a message. */
export const MAX_ERROR_MESSAGE_LENGTH = 1_024;

/** By the environment's category where it has one, else by the player, for which an error is fatal unless it says otherwise. */
export function weighError(
  fields: Readonly<Record<string, unknown>>,
  category: ErrorCategory | undefined,
): ErrorWeight {
  if (category !== undefined) {
    return { fatal: category.severity === "fatal", businessException: category.type === "business_exception" };
  }
  return {
    fatal: fields["player_error_severity"] !== "warning",
    businessException: asFlag(fields["player_error_business_exception"]) === true,
  };
}

/** For records read back. */
export function isErrorCategory(value: unknown): value is ErrorCategory {
  if (typeof value !== "object" || value === null) return false;
  const { severity, type } = value as Record<string, unknown>;
  return (
    (severity === "fatal" || severity === "warning") && (type === "playback_failure" || type === "business_exception")
  );
}
