/** Tells times of day in one time zone (IANA name; undefined means the reader's own). Building one is not cheap. */
export interface ClockFormat {
  /** `14:03` */
  minute(timeMs: number): string;
  /** `14:03:25` */
  second(timeMs: number): string;
}

export function createClockFormat(timeZone?: string): ClockFormat {
  const zone = timeZone === undefined ? {} : { timeZone };
  const shared = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...zone } as const;
  const minutes = new Intl.DateTimeFormat("en-GB", shared);
  const seconds = new Intl.DateTimeFormat("en-GB", { ...shared, second: "2-digit" });
  return {
    minute: (timeMs) => minutes.format(timeMs),
    second: (timeMs) => seconds.format(timeMs),
  };
}
