import { clickHouseContract } from "./contract.ts";
import { startTestClickHouse, TEST_DATABASE } from "./testing.ts";

clickHouseContract("the embedded engine", async () => {
  const { url, client, stop } = await startTestClickHouse();
  return { url, database: TEST_DATABASE, stop: () => client.close().then(stop) };
});
