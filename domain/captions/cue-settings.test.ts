import { describe, expect, it } from "vitest";
import { readCueSettings } from "./cue-settings.ts";

describe("readCueSettings", () => {
  it.each([
    "vertical:rl line:-1 position:50%,center size:33.5% align:end region:fred",
    "line:0,start",
    "line:85.5%,end position:10%,line-left",
  ])("keeps %s", (settings) => {
    expect(readCueSettings(settings)).toBe(settings);
  });

  it("leaves out what is not valid, takes the last of two, and the old name of center", () => {
    expect(readCueSettings("line:x size:-5% align:top vertical:tb color:red constructor:1 :")).toBe("");
    expect(readCueSettings("  align:start \t line:1  align:middle ")).toBe("align:center line:1");
  });
});
