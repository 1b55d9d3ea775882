import type { Granularity } from "../time-buckets.ts";

/** Start of the bucket that a time lies in; hours and days by the parameter `timeZone`. */
export const BUCKET_SQL: Readonly<Record<Granularity, (time: string) => string>> = {
  minute: (time) => `toStartOfMinute(${time})`,
  ten_minutes: (time) => `toStartOfTenMinutes(${time})`,
  hour: (time) => `toStartOfHour(${time}, {timeZone: String})`,
  day: (time) => `toStartOfDay(${time}, {timeZone: String})`,
};
