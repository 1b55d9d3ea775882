import { createHash, randomBytes } from "node:crypto";
import { createLogger } from "../../platform/observability/logger.ts";
import { createPool, createPostgres } from "../../platform/postgres/pool.ts";

const ID = "fuzz02";

/** A second environment of the seeded organisation; resolves with the `Authorization` of its token. */
export async function addEnvironment(databaseUrl: string): Promise<string> {
  const log = createLogger("seed", "silent");
  const pool = createPool({ url: databaseUrl, applicationName: "playhead-seed", log, max: 1 });
  const db = createPostgres(pool);
  try {
    const { id: organizationId } = await db.selectFrom("organizations").select("id").executeTakeFirstOrThrow();
    const environment = { id: ID, organization_id: organizationId, name: "Second", type: "production" as const };
    await db.insertInto("environments").values(environment).execute();
    const secret = randomBytes(40).toString("hex").slice(0, 75);
    const token = {
      environment_id: ID,
      name: "Fuzz",
      secret_sha256: createHash("sha256").update(secret).digest(),
      scopes: ["video:read", "video:write"],
      created_by: null,
    };
    const { id } = await db.insertInto("access_tokens").values(token).returning("id").executeTakeFirstOrThrow();
    return `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
  } finally {
    await pool.end();
  }
}
