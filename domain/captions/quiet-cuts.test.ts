import { describe, expect, it } from "vitest";
import { quietCuts, SPEECH_RATE } from "./quiet-cuts.ts";

/** A tone with pauses at these seconds, 0.3 s each. */
function speech(seconds: number, ...pauses: number[]): Int16Array {
  return Int16Array.from({ length: seconds * SPEECH_RATE }, (_, at) => {
    const time = at / SPEECH_RATE;
    return pauses.some((pause) => time >= pause && time < pause + 0.3) ? 3 : 8_000 * Math.sin(time * 2_000);
  });
}

const secondsOf = (cuts: readonly number[]) => cuts.map((samples) => samples / SPEECH_RATE);

describe("quietCuts", () => {
  it("cuts in the pauses, and leaves the rest to what follows", () => {
    const sound = speech(30, 2, 7, 15.5, 21);
    const [first = 0, second = 0, third = 0, ...others] = secondsOf(quietCuts(sound, false));
    for (const [cut, pause] of [[first, 7] as const, [second, 15.5] as const, [third, 21] as const]) {
      expect(cut).toBeGreaterThan(pause);
      expect(cut).toBeLessThan(pause + 0.3);
    }
    expect(others).toEqual([]);
  });

  it("ends with the sound where nothing follows", () => {
    expect(quietCuts(speech(3), true)).toEqual([3 * SPEECH_RATE]);
    expect(quietCuts(speech(3), false)).toEqual([]);
    expect(quietCuts(new Int16Array(0), true)).toEqual([]);
  });

  it("makes no piece longer than the recogniser takes, also where nobody pauses", () => {
    const ends = secondsOf(quietCuts(speech(60), true));
    const lengths = ends.map((end, n) => end - (ends[n - 1] ?? 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(9.5);
    expect(ends.at(-1)).toBe(60);
  });
});
