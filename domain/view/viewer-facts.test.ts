import { describe, expect, it } from "vitest";
import { fieldNumber } from "./field-names.ts";
import { createView } from "./view-state.ts";
import { type DeviceFacts, viewDimensions, viewerDevice } from "./viewer-facts.ts";

const PARSED: DeviceFacts = {
  browser: "Chrome",
  browserVersion: "150",
  engine: "Blink",
  os: "Linux",
  osVersion: "",
  category: "desktop",
  manufacturer: "",
  model: "",
  name: "",
  bot: false,
};

function viewWith(fields: Record<string, string | number>) {
  const view = createView("v", 0);
  for (const [name, value] of Object.entries(fields)) view.fields.writeNewest(fieldNumber(name), name, 1, value);
  return view;
}

describe("viewDimensions", () => {
  it("cuts values to what a filter can name, never through a character", () => {
    const title = `${"x".repeat(1_023)}🍵${"y".repeat(8_000)}`;
    const { videoTitle } = viewDimensions(viewWith({ video_title: title }), PARSED);
    expect(videoTitle).toHaveLength(1_024);
    expect(videoTitle.isWellFormed()).toBe(true);
  });

  it("names the player by the integration's label, else by its software", () => {
    expect(viewDimensions(viewWith({ player_software: "HTML5" }), PARSED).playerName).toBe("HTML5");
    expect(viewDimensions(viewWith({ player_software: "HTML5", player_name: "Home" }), PARSED).playerName).toBe("Home");
  });
});

describe("viewerDevice", () => {
  it("believes what the SDK tells, then the user agent; an empty text tells nothing", () => {
    const told = viewWith({ viewer_os_family: "tvOS", viewer_device_category: "", mux_viewer_device_category: "tv" });
    expect(viewerDevice(told, PARSED)).toMatchObject({ os: "tvOS", category: "tv", browser: "Chrome" });
  });
});
