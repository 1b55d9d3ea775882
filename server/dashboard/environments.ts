import { ApiError } from "../../domain/errors.ts";
import { type EnvironmentId, isEnvironmentId } from "../../domain/identifiers.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { EnvironmentType, Role } from "../../platform/postgres/schema.ts";

export interface OrganizationOfPerson {
  id: string;
  name: string;
  environments: { id: string; name: string; type: EnvironmentType; role: Role }[];
}

/** The organisations a person belongs to, oldest first, with their environments; one without any is listed too. */
export async function organizationsOf(db: Postgres, personId: string): Promise<OrganizationOfPerson[]> {
  const rows = await db
    .selectFrom("memberships as m")
    .innerJoin("organizations as o", "o.id", "m.organization_id")
    .leftJoin("environments as e", (join) =>
      join.onRef("e.organization_id", "=", "o.id").on("e.deleted_at", "is", null),
    )
    .select(["o.id as organization_id", "o.name as organization_name", "m.role", "e.id", "e.name", "e.type"])
    .where("m.person_id", "=", personId)
    .orderBy("o.created_at")
    .orderBy("o.id")
    .orderBy("e.number")
    .execute();
  const organizations = new Map<string, OrganizationOfPerson>();
  for (const { organization_id, organization_name, role, id, name, type } of rows) {
    const organization = organizations.get(organization_id) ?? {
      id: organization_id,
      name: organization_name,
      environments: [],
    };
    organizations.set(organization_id, organization);
    if (id !== null && name !== null && type !== null) organization.environments.push({ id, name, type, role });
  }
  return [...organizations.values()];
}

export interface EnvironmentOfPerson {
  id: string;
  number: EnvironmentId;
  name: string;
  type: EnvironmentType;
  /** The oldest key in use, or null when all are revoked. */
  envKey: string | null;
  organization: { id: string; name: string };
  /** The person's, in the organisation. */
  role: Role;
}

/** An environment that this person may see. Any other is 404, existing or not: ids must not be probeable. */
export async function requireEnvironment(db: Postgres, personId: string, id: string): Promise<EnvironmentOfPerson> {
  const row = isPublicId(id) ? await findEnvironment(db, personId, id) : undefined;
  if (row === undefined)
    throw new ApiError("not_found", ["This environment does not exist, or you are not a member of it"]);
  if (!isEnvironmentId(row.number)) throw new Error(`environment ${id} has number ${row.number}`);
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    type: row.type,
    envKey: row.env_key,
    organization: { id: row.organization_id, name: row.organization_name },
    role: row.role,
  };
}

function findEnvironment(db: Postgres, personId: string, id: string) {
  return db
    .selectFrom("environments as e")
    .innerJoin("organizations as o", "o.id", "e.organization_id")
    .innerJoin("memberships as m", "m.organization_id", "e.organization_id")
    .select(["e.id", "e.number", "e.name", "e.type", "o.id as organization_id", "o.name as organization_name"])
    .select("m.role")
    .select((expression) =>
      expression
        .selectFrom("env_keys as k")
        .select("k.env_key")
        .whereRef("k.environment_id", "=", "e.id")
        .where("k.revoked_at", "is", null)
        .orderBy("k.created_at")
        .limit(1)
        .as("env_key"),
    )
    .where("e.id", "=", id)
    .where("m.person_id", "=", personId)
    .where("e.deleted_at", "is", null)
    .executeTakeFirst();
}

function isPublicId(id: string): boolean {
  return /^[a-z0-9]{6}$/.test(id);
}
