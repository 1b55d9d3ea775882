import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { listJobs } from "../../platform/jobs/testing.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { uploadClients } from "../testing/uploads.ts";
import { REAP_OBJECTS_TASK, REAPED_AFTER_MS, reapObjectsIn, reapObjectsTask } from "./reap-objects.ts";

const clients = uploadClients();
const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };

describe("reaping of objects", () => {
  it("leaves uploads alone that may still go on, and removes what is older than any", async () => {
    const { services, advance } = clients.server();
    const task = reapObjectsTask(services, createLogger("test", "silent"));
    const upload = await clients.create({ timeout: 604_800 });
    expect((await clients.piece(upload.url, 0, 1_000)).status).toBe(308);
    await services.objects.openDraft("env/nobody/source/1", "nobodys").write(0, Readable.from([Buffer.alloc(10)]));
    await task({}, context);
    expect(await clients.drafts()).toHaveLength(2);
    advance(604_800_000 - 60_000);
    await task({}, context);
    expect((await clients.piece(upload.url, 1_000, 2_000)).range).toBe("bytes=0-1999");
    advance(REAPED_AFTER_MS);
    await task({}, context);
    expect(await clients.drafts()).toEqual([]);
  });

  it("is done once a day, however many servers start", async () => {
    const { services, db } = clients.server();
    const waiting = async () => (await listJobs(db)).filter(({ task }) => task === REAP_OBJECTS_TASK);
    await Promise.all([1, 2, 3].map(() => reapObjectsIn(db, 0)));
    expect(await waiting()).toHaveLength(1);
    await reapObjectsTask(services, createLogger("test", "silent"))({}, context);
    expect(await waiting()).toHaveLength(1);
  });
});
