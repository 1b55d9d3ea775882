import Mux from "@mux/mux-node";
import { startTestPostgres } from "../../platform/postgres/testing.ts";
import { createFirstTenant } from "./tenant.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

/** A server that listens, its first tenant, and the SDK with that tenant's token. */
export interface SdkWorld {
  server: TestServer;
  environment: string;
  mux: Mux;
  stop(): Promise<void>;
}

/** Its clock begins now. A failure is not tried again: the first answer is what a test is about. */
export async function startSdkWorld(): Promise<SdkWorld> {
  const postgres = await startTestPostgres();
  const server = await startTestServer({ databaseUrl: await postgres.createTestDatabase(), startMs: Date.now() });
  const { tokenId, tokenSecret, environmentId } = await createFirstTenant(server.db);
  return {
    server,
    environment: environmentId,
    mux: new Mux({ tokenId, tokenSecret, baseURL: await server.listen(), maxRetries: 0 }),
    stop: async () => {
      await server.stop();
      await postgres.stop();
    },
  };
}
