import { ApiError } from "../../domain/errors.ts";
import { type EnvironmentId, isEnvironmentId } from "../../domain/identifiers.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { EnvironmentType } from "../../platform/postgres/schema.ts";
import type { Scope } from "./scopes.ts";
import { isSameHash, sha256 } from "./secrets.ts";

/** Use is noted at most this often. */
const TOUCH_EVERY_MS = 60_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who calls the API: an access token, which belongs to one environment, or a person who has opened one in the dashboard. */
export interface Caller {
  kind: "token" | "person";
  /** Unique among all callers: what their rate is counted under. */
  id: string;
  name: string;
  scopes: readonly string[];
  environmentId: EnvironmentId;
  environment: { id: string; name: string; type: EnvironmentType };
  organization: { id: string; name: string };
}

/** Refuses with 403 what the caller's scopes do not allow. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (caller.scopes.includes(scope)) return;
  const who = caller.kind === "token" ? "This access token" : "Your role here";
  throw new ApiError("forbidden", [`${who} lacks the permission ${scope}`]);
}

/** The caller behind an `Authorization: Basic` header, or null: no header, unknown, wrong, revoked all look the same. */
export async function authenticateToken(
  db: Postgres,
  authorization: string | undefined,
  nowMs: number,
): Promise<Caller | null> {
  const credentials = parseBasic(authorization);
  if (credentials === null) return null;
  const row = await findToken(db, credentials.id);
  if (row === undefined || !isSameHash(row.secret_sha256, sha256(credentials.secret))) return null;
  if (!isEnvironmentId(row.number)) throw new Error(`environment ${row.environment_id} has number ${row.number}`);

  if (row.last_used_at === null || nowMs - row.last_used_at.getTime() >= TOUCH_EVERY_MS) {
    await db
      .updateTable("access_tokens")
      .set({ last_used_at: new Date(nowMs) })
      .where("environment_id", "=", row.environment_id)
      .where("id", "=", row.id)
      .execute();
  }
  return {
    kind: "token",
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    environmentId: row.number,
    environment: { id: row.environment_id, name: row.environment_name, type: row.type },
    organization: { id: row.organization_id, name: row.organization_name },
  };
}

function findToken(db: Postgres, id: string) {
  return db
    .selectFrom("access_tokens as t")
    .innerJoin("environments as e", "e.id", "t.environment_id")
    .innerJoin("organizations as o", "o.id", "e.organization_id")
    .select(["t.id", "t.name", "t.secret_sha256", "t.scopes", "t.last_used_at", "t.environment_id"])
    .select([
      "e.number",
      "e.type",
      "e.name as environment_name",
      "o.id as organization_id",
      "o.name as organization_name",
    ])
    .where("t.id", "=", id)
    .where("t.revoked_at", "is", null)
    .where("e.deleted_at", "is", null)
    .executeTakeFirst();
}

/** Only what can be a token's is worth a question to the database. */
function parseBasic(authorization: string | undefined): { id: string; secret: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/]{1,400}={0,2})$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const id = text.slice(0, colon);
  return colon > 0 && UUID.test(id) ? { id, secret: text.slice(colon + 1) } : null;
}
