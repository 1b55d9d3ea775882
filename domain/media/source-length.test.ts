import { describe, expect, it } from "vitest";
import { Mp4Error } from "../mp4/mp4-error.ts";
import { indexPictures } from "./picture-index.ts";
import { indexSound } from "./sound-index.ts";
import { requireUsualLength } from "./source-length.ts";
import { steppedSamples, tableOf, trackOf } from "./testing/tables.ts";

const MOVIE = { timescale: 1_000 };
const HOUR = 3_600;

/** Two samples, so long after each other; the last takes no time worth telling. */
const lasting = (seconds: number) => trackOf(tableOf(steppedSamples([seconds, 1])), { timescale: 1 });

describe("requireUsualLength", () => {
  it.each([12 * HOUR, 2 ** 31 - 2])("decides by the tables, not by what headers say: %i s", (seconds) => {
    const [picture, sound] = [indexPictures(MOVIE, lasting(seconds)), indexSound(MOVIE, lasting(seconds), 0)];
    expect(() => requireUsualLength(picture, null)).toThrow(Mp4Error);
    expect(() => requireUsualLength(null, sound)).toThrow("longer than 12 hours");
  });

  it("lets pass what is as long as a file may be", () => {
    const track = lasting(12 * HOUR - 1);
    expect(() => requireUsualLength(indexPictures(MOVIE, track), indexSound(MOVIE, track, 0))).not.toThrow();
    expect(() => requireUsualLength(null, null)).not.toThrow();
  });
});
