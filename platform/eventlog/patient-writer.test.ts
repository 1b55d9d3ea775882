import { describe, expect, it } from "vitest";
import { createLogger } from "../observability/logger.ts";
import { type EventLog, LogBusyError, LogUnavailableError, type LogWriter } from "./eventlog.ts";
import { openPatientWriter } from "./patient-writer.ts";

const log = createLogger("test", "silent");
const record = { partition: 0, key: "", value: Buffer.from("x"), timestampMs: 0 };

/** A log whose topic opens only after some failures. */
function logThatFails(errors: Error[]): { eventlog: EventLog; appended: number[] } {
  const appended: number[] = [];
  const writer: LogWriter = {
    append: async (records) => void appended.push(records.length),
    close: async () => undefined,
  };
  const openWriter = async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return writer;
  };
  return { eventlog: { openWriter } as unknown as EventLog, appended };
}

describe("openPatientWriter", () => {
  it("refuses records while the disk is full, and takes them as soon as it is not", async () => {
    const { eventlog, appended } = logThatFails([new LogUnavailableError("full"), new LogUnavailableError("full")]);
    const writer = await openPatientWriter(eventlog, "beacons", log, 5);
    await expect(writer.append([record])).rejects.toBeInstanceOf(LogUnavailableError);
    await expect.poll(() => writer.append([record]).then(() => appended)).toEqual([1]);
    await writer.close();
  });

  it("does not wait for a topic that somebody else writes", async () => {
    const { eventlog } = logThatFails([new LogBusyError("busy")]);
    await expect(openPatientWriter(eventlog, "beacons", log)).rejects.toBeInstanceOf(LogBusyError);
  });

  it("says what is in the way once the log answers, and takes records when somebody has mended it", async () => {
    const busy = new LogBusyError("busy");
    const { eventlog, appended } = logThatFails([new LogUnavailableError("away"), ...Array(10).fill(busy)]);
    const writer = await openPatientWriter(eventlog, "beacons", log, 5);
    await expect.poll(() => writer.trouble(), { interval: 1 }).toBe("busy");
    await expect.poll(() => writer.trouble()).toBeNull();
    await writer.append([record]);
    expect(appended).toEqual([1]);
    await writer.close();
  });
});
