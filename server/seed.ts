import { createLogger } from "../platform/observability/logger.ts";
import { createPool, createPostgres } from "../platform/postgres/pool.ts";
import { readSeedConfig } from "./config.ts";
import { seedFirstOrganization } from "./seeding/first-organization.ts";

// Run once by `npm start`, never in production. Prints what the database holds as one line of JSON.
const { databaseUrl, logLevel, seed } = readSeedConfig();
const pool = createPool({
  url: databaseUrl,
  applicationName: "playhead-seed",
  log: createLogger("seed", logLevel),
  max: 1,
});
try {
  const seeded = await seedFirstOrganization(createPostgres(pool), seed);
  process.stdout.write(`${JSON.stringify(seeded)}\n`);
} finally {
  await pool.end();
}
