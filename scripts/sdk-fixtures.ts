import { parseArgs } from "node:util";
import { startSdkFixtures } from "./sdk-fixtures/start.ts";

/**
 * `node scripts/sdk-fixtures.ts [--port 4010] [--host 127.0.0.1]`: what the SDK's own tests run against. Anybody who reaches it has
 * every right in it, so it listens on loopback and refuses to be told otherwise.
 */

const DEFAULT_PORT = 4010;
const MAX_PORT = 65_535;
const LOOPBACK = ["127.0.0.1", "localhost"];

const { values } = parseArgs({ options: { port: { type: "string" }, host: { type: "string" } } });
const { port = String(DEFAULT_PORT), host = "127.0.0.1" } = values;

if (!LOOPBACK.includes(host)) fail(`--host ${host}: this lets everybody in, so it listens on 127.0.0.1 alone`);
if (!/^\d{1,5}$/.test(port) || Number(port) > MAX_PORT) fail(`--port ${port}: give a number up to ${MAX_PORT}`);

const starting = startSdkFixtures(Number(port));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    starting
      .then((fixtures) => fixtures.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
  });
}
console.log(`TEST_API_BASE_URL=${(await starting).origin}`);

function fail(complaint: string): never {
  console.error(complaint);
  process.exit(2);
}
