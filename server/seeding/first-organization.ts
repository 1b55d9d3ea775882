import { lockTable, type Postgres, type PostgresTransaction } from "../../platform/postgres/pool.ts";
import { hashPassword } from "../auth/passwords.ts";
import { SCOPES } from "../auth/scopes.ts";
import { newEnvironmentId, sha256 } from "../auth/secrets.ts";

export interface Seed {
  organizationName: string;
  environmentName: string;
  personName: string;
  email: string;
  password: string;
  tokenId: string;
  tokenSecret: string;
  envKey: string;
}

/** What the database holds now, whoever made it. */
export interface Seeded {
  created: boolean;
  organization: { id: string; name: string };
  /** Its first environment; null when somebody made an organisation without any. */
  environment: { id: string; number: number; name: string } | null;
}

/**
 * Makes the first organisation with its environment, owner, access token and environment key, when there is none at all.
 * Otherwise changes nothing, also when it runs twice at once.
 */
export async function seedFirstOrganization(db: Postgres, seed: Seed): Promise<Seeded> {
  const passwordHash = await hashPassword(seed.password); // slow on purpose, so not while the table is locked
  return db.transaction().execute(async (transaction) => {
    await lockTable(transaction, "organizations");
    const existing = await firstOrganization(transaction);
    if (existing !== undefined) return { created: false, ...existing };
    await create(transaction, seed, passwordHash);
    const made = await firstOrganization(transaction);
    if (made === undefined) throw new Error("the seed was written but cannot be read");
    return { created: true, ...made };
  });
}

async function create(db: PostgresTransaction, seed: Seed, passwordHash: string): Promise<void> {
  const organization = await db
    .insertInto("organizations")
    .values({ name: seed.organizationName })
    .returning("id")
    .executeTakeFirstOrThrow();
  const person = await db
    .insertInto("people")
    .values({ email: seed.email, name: seed.personName, password_hash: passwordHash })
    .returning("id")
    .executeTakeFirstOrThrow();
  const environmentId = newEnvironmentId();
  await db
    .insertInto("environments")
    .values({ id: environmentId, organization_id: organization.id, name: seed.environmentName, type: "production" })
    .execute();
  await db
    .insertInto("memberships")
    .values({ organization_id: organization.id, person_id: person.id, role: "owner" })
    .execute();
  await db
    .insertInto("access_tokens")
    .values({
      environment_id: environmentId,
      id: seed.tokenId,
      name: "First token",
      secret_sha256: sha256(seed.tokenSecret),
      scopes: [...SCOPES],
      created_by: person.id,
    })
    .execute();
  await db.insertInto("env_keys").values({ environment_id: environmentId, env_key: seed.envKey }).execute();
  await db
    .insertInto("audit_log")
    .values({
      organization_id: organization.id,
      environment_id: environmentId,
      action: "organization.create",
      target: organization.id,
    })
    .execute();
}

async function firstOrganization(db: PostgresTransaction): Promise<Omit<Seeded, "created"> | undefined> {
  const row = await db
    .selectFrom("organizations as o")
    .leftJoin("environments as e", "e.organization_id", "o.id")
    .select(["o.id as organization_id", "o.name as organization_name", "e.id", "e.number", "e.name"])
    .orderBy("o.created_at")
    .orderBy("e.number")
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, number, name } = row;
  const environment = id === null || number === null || name === null ? null : { id, number, name };
  return { organization: { id: row.organization_id, name: row.organization_name }, environment };
}
