import { describe, expect, it } from "vitest";
import { isOverlay, overlayInputOf, overlayProblems } from "./overlay-input.ts";

const url = "https://example.com/logo.png";

describe("overlayInputOf", () => {
  it("reads every field", () => {
    const overlay_settings = {
      ...{ vertical_align: "bottom", vertical_margin: "-2.5%", horizontal_align: "center", horizontal_margin: "100px" },
      ...{ width: "10%", height: "80px", opacity: "90%" },
    };
    expect(overlayProblems({ url, overlay_settings }, "inputs[1].")).toEqual([]);
    expect(overlayInputOf({ url, overlay_settings }, 1)).toEqual({
      input: 1,
      url,
      placement: {
        ...{ verticalAlign: "bottom", horizontalAlign: "center", opacityRatio: 0.9 },
        ...{ verticalMargin: { unit: "ratio", value: -0.025 }, horizontalMargin: { unit: "px", value: 100 } },
        ...{ width: { unit: "ratio", value: 0.1 }, height: { unit: "px", value: 80 } },
      },
    });
  });

  it("lies top left in its own size, unless told otherwise", () => {
    const nothing = { unit: "px", value: 0 };
    expect(overlayInputOf({ url, overlay_settings: {} }, 2).placement).toEqual({
      ...{ verticalAlign: "top", horizontalAlign: "left", verticalMargin: nothing, horizontalMargin: nothing },
      ...{ width: null, height: null, opacityRatio: 1 },
    });
  });
});

describe("overlayProblems", () => {
  it.each([
    ["vertical_align", "center"],
    ["horizontal_align", "middle"],
    ["vertical_margin", "10"],
    ["horizontal_margin", "1e3px"],
    ["width", "-10%"],
    ["width", "0px"],
    ["width", "100000px"],
    ["height", "10 %"],
    ["height", ""],
    ["opacity", "101%"],
    ["opacity", "-1%"],
    ["opacity", "50px"],
    ["opacity", "half"],
  ])("names %s of %s", (field, value) => {
    const problems = overlayProblems({ url, overlay_settings: { [field]: value } }, "inputs[1].");
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([`inputs[1].overlay_settings.${field}`]);
  });

  it.each([undefined, "", "logo.png", "file:///etc/passwd", "mux://assets/a"])("names a URL such as %s", (wrong) => {
    expect(overlayProblems({ url: wrong, overlay_settings: {} }, "inputs[1].")).toEqual([
      expect.stringMatching(/^inputs\[1\]\.url: /),
    ]);
  });
});

describe("isOverlay", () => {
  it("is told by the settings, whatever the URL", () => {
    expect(isOverlay({ url, overlay_settings: {} })).toBe(true);
    expect(isOverlay({ url })).toBe(false);
    expect(isOverlay({ url, overlay_settings: {}, type: "text" })).toBe(false);
  });
});
