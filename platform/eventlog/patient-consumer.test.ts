import { describe, expect, it } from "vitest";
import { createLogger } from "../observability/logger.ts";
import { type ConsumerHandlers, type EventLog, LogUnavailableError, NotHeldError } from "./eventlog.ts";
import { openPatientConsumer } from "./patient-consumer.ts";

const log = createLogger("test", "silent");

/** A log whose group can be joined only after some failures. */
function logThatFails(errors: Error[]) {
  const commits: number[] = [];
  let closed = 0;
  const subscribe = async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return {
      commit: async (_: number, offset: number) => void commits.push(offset),
      lag: () => new Map([[3, 7]]),
      close: async () => {
        closed += 1;
      },
    };
  };
  return { eventlog: { subscribe } as unknown as EventLog, commits, closed: () => closed };
}

function handlers(failures: Error[] = []): ConsumerHandlers {
  const ignore = async () => undefined;
  return { assigned: ignore, batch: ignore, revoked: ignore, failed: (error) => failures.push(error) };
}

const group = { topic: "beacons", group: "views", log, retryMs: 5 };

describe("openPatientConsumer", () => {
  it("says why it holds nothing while the disk is full, and joins as soon as it is not", async () => {
    const full = new LogUnavailableError("full");
    const { eventlog, commits, closed } = logThatFails([full, full]);
    const consumer = await openPatientConsumer(eventlog, group, handlers());
    expect([consumer.trouble(), consumer.lag().size]).toEqual(["full", 0]);
    await expect(consumer.commit(3, 1)).rejects.toBeInstanceOf(NotHeldError);
    await expect.poll(() => consumer.trouble()).toBeNull();
    await consumer.commit(3, 2);
    expect([commits, consumer.lag().get(3)]).toEqual([[2], 7]);
    await consumer.close();
    expect(closed()).toBe(1);
  });

  it("takes a partition up when its state can be read", async () => {
    const errors = [new LogUnavailableError("torn"), new LogUnavailableError("torn")];
    const [taken, eventlog] = [Promise.withResolvers<number>(), logThatFails([]).eventlog];
    const subscribe = async (_topic: string, _group: string, given: ConsumerHandlers) => {
      void given.assigned({
        partition: 5,
        committedOffset: null,
        revoked: new AbortController().signal,
        seek: () => {},
      });
      return eventlog.subscribe("", "", given);
    };
    const assigned = async ({ partition }: { partition: number }) => {
      const error = errors.shift();
      if (error !== undefined) throw error;
      taken.resolve(partition);
    };
    const consumer = await openPatientConsumer({ ...eventlog, subscribe }, group, { ...handlers(), assigned });
    expect(await taken.promise).toBe(5);
    await consumer.close();
  });

  it("stops trying when it is closed", async () => {
    const { eventlog, closed } = logThatFails(Array.from({ length: 1_000 }, () => new LogUnavailableError("full")));
    const consumer = await openPatientConsumer(eventlog, group, handlers());
    await consumer.close();
    expect(closed()).toBe(0);
  });

  it("tells a failure that waiting does not change", async () => {
    const failures: Error[] = [];
    const { eventlog } = logThatFails([new LogUnavailableError("full"), new RangeError("no such topic")]);
    const consumer = await openPatientConsumer(eventlog, group, handlers(failures));
    await expect.poll(() => failures.map(({ message }) => message)).toEqual(["no such topic"]);
    await consumer.close();
  });
});
