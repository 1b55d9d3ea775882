import { randomUUID } from "node:crypto";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { hashPassword } from "../auth/passwords.ts";
import { newAccessTokenSecret, sha256 } from "../auth/secrets.ts";
import { type Seed, seedFirstOrganization } from "../seeding/first-organization.ts";

export function testSeed(): Seed {
  return {
    organizationName: "Acme",
    environmentName: "Live",
    personName: "Ada",
    email: "Ada@example.com",
    password: "correct horse",
    tokenId: randomUUID(),
    tokenSecret: newAccessTokenSecret(),
    envKey: "acmekey1",
  };
}

/** The first tenant, as `npm start` makes it. */
export async function createFirstTenant(db: Postgres): Promise<Seed & { environmentId: string }> {
  const seed = testSeed();
  const { environment } = await seedFirstOrganization(db, seed);
  if (environment === null) throw new Error("no environment was seeded");
  return { ...seed, environmentId: environment.id };
}

/** A further token of an environment. */
export async function createToken(db: Postgres, environmentId: string, scopes: string[]): Promise<string> {
  const secret = newAccessTokenSecret();
  const { id } = await db
    .insertInto("access_tokens")
    .values({ environment_id: environmentId, name: "Another", secret_sha256: sha256(secret), scopes, created_by: null })
    .returning("id")
    .executeTakeFirstOrThrow();
  return basic(id, secret);
}

/** A further environment of the first organisation, empty. */
export async function createEnvironment(db: Postgres, id: string): Promise<string> {
  const { id: organization_id } = await db.selectFrom("organizations").select("id").limit(1).executeTakeFirstOrThrow();
  await db.insertInto("environments").values({ id, organization_id, name: id, type: "development" }).execute();
  return id;
}

/** A second tenant with a person and a narrow token of its own. */
export async function createOtherTenant(db: Postgres) {
  const email = "eve@example.org";
  const password = "another password";
  const { id: organizationId } = await db
    .insertInto("organizations")
    .values({ name: "Other" })
    .returning("id")
    .executeTakeFirstOrThrow();
  const { id: personId } = await db
    .insertInto("people")
    .values({ email, name: "Eve", password_hash: await hashPassword(password) })
    .returning("id")
    .executeTakeFirstOrThrow();
  const environmentId = "other1";
  await db
    .insertInto("environments")
    .values({ id: environmentId, organization_id: organizationId, name: "Other", type: "development" })
    .execute();
  await db
    .insertInto("memberships")
    .values({ organization_id: organizationId, person_id: personId, role: "viewer" })
    .execute();
  const tokenSecret = newAccessTokenSecret();
  const { id: tokenId } = await db
    .insertInto("access_tokens")
    .values({
      environment_id: environmentId,
      name: "Reader",
      secret_sha256: sha256(tokenSecret),
      scopes: ["data:read"],
      created_by: personId,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return { organizationId, personId, environmentId, email, password, tokenId, tokenSecret };
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
}
