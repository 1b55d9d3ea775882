import { describe, expect, it } from "vitest";
import { type Moment, played } from "../testing/play.ts";
import { errorTypeId } from "./errors-of.ts";

const START: readonly Moment[] = [
  ["play", 0],
  ["playing", 500],
];
const fatal = { player_error_code: 3, player_error_message: "decode", player_error_context: "line 7" };

describe("an error", () => {
  it("ends playback unless it is a warning", () => {
    const failed = played([...START, ["error", 900, fatal]]);
    expect(failed).toMatchObject({ playbackFailure: true, contentPlaybackFailure: true, videoStartupFailure: false });
    expect(failed).toMatchObject({ errorCode: "3", errorMessage: "decode", errorContext: "line 7", watchMs: 900 });
    const warned = played([...START, ["error", 900, { ...fatal, player_error_severity: "warning" }], ["hb", 5_000]]);
    expect(warned).toMatchObject({ playbackFailure: false, errorCode: "3", watchMs: 5_000, playbackSuccessScore: 1 });
  });

  it("that playback survived ended nothing", () => {
    const record = played([...START, ["error", 900, fatal], ["playing", 1_500], ["viewend", 3_000]]);
    expect(record).toMatchObject({ playbackFailure: false, errorCode: "3", playbackSuccessScore: 1 });
  });

  it("that ended the view is the one that is named, whatever warnings follow", () => {
    const warning = { player_error_code: "late", player_error_severity: "warning" };
    expect(played([...START, ["error", 900, fatal], ["error", 950, warning]]).errorCode).toBe("3");
    expect(played([...START, ["error", 900, warning]]).errorCode).toBe("late");
  });

  it("before the first frame is a start-up failure and no exit", () => {
    const record = played([
      ["play", 0],
      ["error", 400, fatal],
      ["viewend", 9_000],
    ]);
    expect(record).toMatchObject({ videoStartupFailure: true, exitBeforeVideoStart: false, startupMs: null });
    expect(record).toMatchObject({ playbackSuccessScore: 0, viewerExperienceScore: 0, smoothnessScore: null });
  });

  it("on purpose is no failure, and touches no score", () => {
    const refusal = { player_error_code: "geo", player_error_business_exception: true };
    const before = played([
      ["play", 0],
      ["error", 400, refusal],
    ]);
    expect(before).toMatchObject({ playbackBusinessException: true, videoStartupBusinessException: true });
    expect(before).toMatchObject({ playbackFailure: false, exitBeforeVideoStart: false, playbackSuccessScore: 1 });
    const later = played([...START, ["error", 900, refusal], ["viewend", 2_000]]);
    expect(later).toMatchObject({ playbackBusinessException: true, videoStartupBusinessException: false });
  });

  it("is believed on purpose or a warning in the words of Roku, too", () => {
    const record = played([
      ["play", 0],
      ["error", 400, { player_error_business_exception: "true" }],
    ]);
    expect(record).toMatchObject({ playbackBusinessException: true, playbackFailure: false });
  });

  it("alone makes a view count", () => {
    expect(
      played([
        ["playerready", 0],
        ["error", 100, fatal],
      ]),
    ).toMatchObject({ counted: true, videoStartupFailure: true });
    expect(played([["playerready", 0]])).toMatchObject({
      counted: false,
      playbackSuccessScore: null,
      errorTypeId: null,
    });
  });
});

describe("an exit before the start", () => {
  it("is one however short the wait, but says nothing of the playback within a second", () => {
    const left = (afterMs: number) =>
      played([
        ["play", 0],
        ["viewend", afterMs],
      ]);
    expect(left(999)).toMatchObject({ exitBeforeVideoStart: true, playbackSuccessScore: null, watchMs: 999 });
    expect(left(1_000)).toMatchObject({ exitBeforeVideoStart: true, playbackSuccessScore: 0.5 });
    expect(left(1_000)).toMatchObject({ viewerExperienceScore: 0.5, videoQualityScore: null, startupTimeScore: null });
  });
});

describe("errorTypeId", () => {
  it("is the same for the same code and message for ever, and fits 31 bits", () => {
    expect(errorTypeId("4", "MEDIA_ERR_SRC_NOT_SUPPORTED")).toBe(errorTypeId("4", "MEDIA_ERR_SRC_NOT_SUPPORTED"));
    expect(errorTypeId("networkError", "manifestLoadError")).toBe(1_591_210_480);
    expect(errorTypeId("a", "bc")).not.toBe(errorTypeId("ab", "c"));
    for (let code = 0; code < 2_000; code += 1) {
      const id = errorTypeId(String(code), "message");
      expect(id > 0 && id < 2 ** 31 && Number.isInteger(id)).toBe(true);
    }
  });
});
