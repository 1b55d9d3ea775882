import { cdnName, playerName, videoId, videoTitle } from "./view-names.ts";
import { textField, type ViewState } from "./view-state.ts";

/** Longest value that a filter can name (docs/realtime.md), in UTF-16 code units. */
const MAX_DIMENSION_LENGTH = 1_024;

function dimension(view: ViewState, name: string): string {
  return cut(textField(view, name));
}

function cut(text: string): string {
  return text.length <= MAX_DIMENSION_LENGTH ? text : text.slice(0, MAX_DIMENSION_LENGTH).toWellFormed();
}

/** What a user agent string tells; a parser outside of domain/ makes it. */
export interface DeviceFacts {
  browser: string;
  browserVersion: string;
  /** Rendering engine. */
  engine: string;
  os: string;
  osVersion: string;
  category: string;
  manufacturer: string;
  /** Code or short name. */
  model: string;
  /** As it is sold. */
  name: string;
  /** The string is a crawler's. */
  bot: boolean;
}

/** The dimensions of a view that people filter and group by; "" stands for "has no value". */
export interface ViewDimensions {
  videoTitle: string;
  videoId: string;
  videoSeries: string;
  subPropertyId: string;
  country: string;
  cdn: string;
  deviceCategory: string;
  operatingSystem: string;
  browser: string;
  playerName: string;
  streamType: string;
}

/** Native SDKs name their device in fields; browsers are known by their user agent alone (data-wire.md §1.10). */
export function viewerDevice(view: ViewState, parsed: DeviceFacts): DeviceFacts {
  const told = (names: readonly string[], otherwise: string): string =>
    names.map((name) => dimension(view, name)).find((value) => value !== "") ?? otherwise;
  return {
    browser: told(["viewer_application_name", "browser"], parsed.browser),
    browserVersion: told(["viewer_application_version", "browser_version"], parsed.browserVersion),
    engine: told(["viewer_application_engine"], parsed.engine),
    os: told(["viewer_os_family", "operating_system"], parsed.os),
    osVersion: told(["viewer_os_version", "operating_system_version"], parsed.osVersion),
    category: told(["viewer_device_category", "mux_viewer_device_category"], parsed.category),
    manufacturer: told(["viewer_device_manufacturer", "mux_viewer_device_manufacturer"], parsed.manufacturer),
    model: told(["viewer_device_model", "mux_viewer_device_model", "viewer_device_name"], parsed.model),
    name: told(["viewer_device_name", "mux_viewer_device_name"], parsed.name),
    bot: parsed.bot,
  };
}

export function viewDimensions(view: ViewState, device: DeviceFacts): ViewDimensions {
  return {
    videoTitle: cut(videoTitle(view)),
    videoId: cut(videoId(view)),
    videoSeries: dimension(view, "video_series"),
    subPropertyId: dimension(view, "sub_property_id"),
    country: view.context.country,
    cdn: cut(cdnName(view)),
    deviceCategory: device.category,
    operatingSystem: device.os,
    browser: device.browser,
    playerName: cut(playerName(view)),
    streamType: dimension(view, "video_stream_type"),
  };
}
