import { describe, expect, it } from "vitest";
import { DIMENSIONS } from "./dimensions.ts";
import { INSIGHT_DIMENSIONS } from "./insight-dimensions.ts";

/** Parts of a record that are worked out of how playback went: playback_success and ads, and the error behind them. */
const OUTCOME_KEYS = /Failure$|Exception$|^exitBefore|^error|^dropped$/;

describe("INSIGHT_DIMENSIONS", () => {
  it("are all that may break a metric down, but what became of a view and who watched", () => {
    const persons = ["view_session_id", "viewer_user_id"];
    const expected = DIMENSIONS.filter(
      ({ id, groupable, key }) => groupable && !OUTCOME_KEYS.test(key) && !persons.includes(id),
    );
    expect(INSIGHT_DIMENSIONS).toEqual(expected);
    expect(INSIGHT_DIMENSIONS).toHaveLength(94 - 9 - 2);
  });
});
