import { NEWEST_SECONDS } from "../data-api/timeframe.ts";
import { ApiError } from "../errors.ts";

/** [fromMs, toMs), Unix milliseconds; null where it is open. */
export interface CreatedBetween {
  fromMs: number | null;
  toMs: number | null;
}

const EXPECTED = "created_at[]: give a time in Unix seconds from which on, and as a second one before which";

/**
 * When assets are to have been made, as `created_at[]` says it: nothing, from when on, or from when on and before when.
 *
 * @throws ApiError that says what may be given
 */
export function parseCreatedBetween(values: readonly string[]): CreatedBetween {
  if (values.length > 2) throw wrong(`not ${values.length} values`);
  const [fromMs = null, toMs = null] = values.map(milliseconds);
  if (fromMs !== null && toMs !== null && fromMs >= toMs) throw wrong("the first is not before the second");
  return { fromMs, toMs };
}

function milliseconds(text: string): number {
  if (/^\d{1,11}$/.test(text) && Number(text) <= NEWEST_SECONDS) return Number(text) * 1_000;
  throw wrong(`not "${text.slice(0, 100)}"`);
}

function wrong(what: string): ApiError {
  return new ApiError("invalid_parameters", [`${EXPECTED}; ${what}`]);
}
