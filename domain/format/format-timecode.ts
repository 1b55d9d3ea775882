import { NOTHING } from "./format-count.ts";

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

/** A place in a video, or its length, as players show it: `0:07`, `12:40`, `1:02:03`. Rounded down, as players do. */
export function formatTimecode(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return NOTHING;
  const whole = Math.floor(Math.max(0, seconds));
  const hours = Math.floor(whole / HOUR_SECONDS);
  const minutes = Math.floor((whole % HOUR_SECONDS) / MINUTE_SECONDS);
  const rest = pad(whole % MINUTE_SECONDS);
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
