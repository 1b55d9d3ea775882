import type { DeviceFacts } from "../viewer-facts.ts";

/** What an empty user agent tells, for tests. */
export const NO_DEVICE: DeviceFacts = {
  browser: "",
  browserVersion: "",
  engine: "",
  os: "",
  osVersion: "",
  category: "",
  manufacturer: "",
  model: "",
  name: "",
  bot: false,
};
