import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createLogger } from "../observability/logger.ts";
import { listenForChanges } from "./listen.ts";
import { startTestPostgres, type TestPostgres } from "./testing.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

describe("listenForChanges", () => {
  it("hears payloads, and says to read everything after a connection that was cut", async () => {
    const heard: (string | null)[] = [];
    const subscription = listenForChanges({
      url: postgres.url,
      applicationName: "listener",
      channel: "something_changed",
      onChange: (payload) => heard.push(payload),
      log: createLogger("test", "silent"),
    });
    const admin = new Client({ connectionString: postgres.url });
    await admin.connect();
    await vi.waitFor(() => expect(heard).toEqual([null]), { timeout: 5_000 });
    await admin.query("select pg_notify('something_changed', 'one')");
    await vi.waitFor(() => expect(heard).toEqual([null, "one"]));
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'listener'");
    await vi.waitFor(() => expect(heard).toEqual([null, "one", null]), { timeout: 5_000 });
    expect(subscription.isConnected()).toBe(true);
    await subscription.close();
    await vi.waitFor(async () => {
      const { rowCount } = await admin.query("select from pg_stat_activity where application_name = 'listener'");
      expect(rowCount).toBe(0);
    });
    await admin.end();
  });
});
