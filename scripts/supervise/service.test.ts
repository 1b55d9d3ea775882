import { describe, expect, it } from "vitest";
import { backOffMs, deathsInARow } from "./back-off.ts";
import type { Running } from "./child.ts";
import { Service } from "./service.ts";

describe("the wait before a new attempt", () => {
  it("begins at half a second, doubles, and ends at half a minute", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map(backOffMs)).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it("begins anew after a healthy minute", () => {
    expect(deathsInARow(6, 59_999)).toBe(7);
    expect(deathsInARow(6, 60_000)).toBe(1);
  });
});

describe("Service", () => {
  it("starts what died again and says so", async () => {
    const said: string[] = [];
    const second = Promise.withResolvers<void>();
    let launches = 0;
    const launch = (): Running => {
      launches += 1;
      if (launches === 1) return { ended: Promise.resolve("signal SIGKILL"), stop: async () => {} };
      second.resolve();
      return endless();
    };
    const service = new Service({ name: "edge", launch, say: (line) => said.push(line) });
    service.start();
    await second.promise;
    await service.stop(0);
    expect(said).toEqual(["edge ended (signal SIGKILL); starting it again in 0.5 s"]);
    expect(launches).toBe(2);
  });

  it("says when it is back, and not before it is", async () => {
    const said: string[] = [];
    const asked = Promise.withResolvers<void>();
    const ready = Promise.withResolvers<void>();
    const back = Promise.withResolvers<void>();
    let launches = 0;
    const launch = (): Running => {
      launches += 1;
      return launches === 1 ? { ended: Promise.resolve("signal SIGKILL"), stop: async () => {} } : endless();
    };
    const say = (line: string) => {
      said.push(line);
      if (line.includes("back")) back.resolve();
    };
    const untilBack = () => {
      asked.resolve();
      return ready.promise;
    };
    const service = new Service({ name: "views", launch, say, untilBack });
    service.start();
    await asked.promise;
    expect(said).toHaveLength(1);
    ready.resolve();
    await back.promise;
    expect(said[1]).toMatch(/^views is back after \d+\.\d s$/);
    await service.stop(0);
  });

  it("stops at once while it waits for the next attempt", async () => {
    const waiting = Promise.withResolvers<void>();
    const launch = (): Running => ({ ended: Promise.resolve("exit code 1"), stop: async () => {} });
    const service = new Service({ name: "edge", launch, say: () => waiting.resolve() });
    service.start();
    await waiting.promise;
    const startedMs = performance.now();
    await service.stop(0);
    expect(performance.now() - startedMs).toBeLessThan(300);
  });

  it("ends what was still being launched when the stop came", async () => {
    const launched = Promise.withResolvers<Running>();
    let stopped = false;
    const service = new Service({ name: "postgres", launch: () => launched.promise, say: () => {} });
    service.start();
    const stop = service.stop(0);
    const running = endless();
    launched.resolve({
      ended: running.ended,
      stop: async (graceMs) => {
        stopped = true;
        await running.stop(graceMs);
      },
    });
    await stop;
    expect(stopped).toBe(true);
  });

  it("counts launches that failed as deaths, so that a hopeless one is seen", async () => {
    const service = new Service({
      name: "postgres",
      launch: () => Promise.reject(new Error("no such binary")),
      say: () => second.resolve(),
    });
    const second = Promise.withResolvers<void>();
    service.start();
    await second.promise;
    expect(service.trouble).toEqual({ deaths: 1, last: "no such binary" });
    await service.stop(0);
  });

  it("takes a wanted restart for no death", async () => {
    const said: string[] = [];
    const started = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let launches = 0;
    const launch = (): Running => {
      started[launches]?.resolve();
      launches += 1;
      return endless();
    };
    const service = new Service({ name: "server", launch, say: (line) => said.push(line) });
    service.start();
    await started[0]?.promise;
    await service.restart(0);
    await started[1]?.promise;
    expect(said).toEqual([]);
    await service.stop(0);
  });
});

/** Runs until it is stopped. */
function endless(): Running {
  const end = Promise.withResolvers<string>();
  return { ended: end.promise, stop: async () => end.resolve("signal SIGTERM") };
}
