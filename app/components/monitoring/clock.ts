import { type ClockFormat, createClockFormat } from "../../../domain/format/format-clock.ts";

/** In the reader's time zone; only for what is drawn in the browser. */
export const clock: ClockFormat = createClockFormat();
