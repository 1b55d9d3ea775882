import type { Postgres } from "../../platform/postgres/pool.ts";
import { newSessionToken, sha256 } from "./secrets.ts";

const DAY_MS = 86_400_000;
/** A session ends after this long without use, */
export const SESSION_IDLE_MS = 30 * DAY_MS;
/** and this long after sign-in whatever its use. */
export const SESSION_ABSOLUTE_MS = 90 * DAY_MS;
/** Use is noted at most this often, so that reading pages does not write rows. */
const TOUCH_EVERY_MS = 60_000;

export interface Person {
  id: string;
  email: string;
  name: string;
}

export interface Session {
  person: Person;
  expiresAt: Date;
}

/** Opens a session; the token is returned here and nowhere else. Sessions of this person that ended are removed. */
export async function createSession(
  db: Postgres,
  personId: string,
  nowMs: number,
): Promise<{ token: string; expiresAt: Date }> {
  const token = newSessionToken();
  const now = new Date(nowMs);
  const expiresAt = expiryOf(nowMs, nowMs);
  await db.deleteFrom("sessions").where("person_id", "=", personId).where("expires_at", "<", now).execute();
  await db
    .insertInto("sessions")
    .values({
      token_sha256: sha256(token),
      person_id: personId,
      created_at: now,
      last_used_at: now,
      expires_at: expiresAt,
    })
    .execute();
  return { token, expiresAt };
}

/** The living session of a token, or null. Looking it up counts as use and moves its end. */
export async function findSession(db: Postgres, token: string, nowMs: number): Promise<Session | null> {
  const tokenSha256 = sha256(token);
  const row = await db
    .selectFrom("sessions")
    .innerJoin("people", "people.id", "sessions.person_id")
    .select(["people.id", "people.email", "people.name"])
    .select(["sessions.created_at", "sessions.last_used_at", "sessions.expires_at"])
    .where("sessions.token_sha256", "=", tokenSha256)
    .where("sessions.revoked_at", "is", null)
    .where("sessions.expires_at", ">", new Date(nowMs))
    .executeTakeFirst();
  if (row === undefined) return null;
  const person = { id: row.id, email: row.email, name: row.name };
  if (nowMs - row.last_used_at.getTime() < TOUCH_EVERY_MS) return { person, expiresAt: row.expires_at };

  const expiresAt = expiryOf(row.created_at.getTime(), nowMs);
  await db
    .updateTable("sessions")
    .set({ last_used_at: new Date(nowMs), expires_at: expiresAt })
    .where("token_sha256", "=", tokenSha256)
    .where("revoked_at", "is", null)
    .execute();
  return { person, expiresAt };
}

/** Ends a session for good. Ending it twice, or an unknown one, is no error. */
export async function revokeSession(db: Postgres, token: string, nowMs: number): Promise<void> {
  await db
    .updateTable("sessions")
    .set({ revoked_at: new Date(nowMs) })
    .where("token_sha256", "=", sha256(token))
    .where("revoked_at", "is", null)
    .execute();
}

function expiryOf(createdAtMs: number, usedAtMs: number): Date {
  return new Date(Math.min(usedAtMs + SESSION_IDLE_MS, createdAtMs + SESSION_ABSOLUTE_MS));
}
