import type { ColumnType, Generated, JSONColumnType } from "kysely";

/** The tables as TypeScript sees them; `migrations/postgres` is the truth, and a test compares the two. */
export interface Schema {
  organizations: Organizations;
  environments: Environments;
  people: People;
  memberships: Memberships;
  sessions: Sessions;
  access_tokens: AccessTokens;
  env_keys: EnvKeys;
  audit_log: AuditLog;
  collector_env_keys: CollectorEnvKeys;
}

export type Role = "owner" | "admin" | "member" | "viewer";
export type EnvironmentType = "production" | "development";

/** Set by the database unless given; never changed after. */
type CreatedAt = ColumnType<Date, Date | undefined, never>;

interface Organizations {
  id: Generated<string>;
  name: string;
  created_at: CreatedAt;
}

interface Environments {
  id: string;
  /** The `EnvironmentId` of ClickHouse keys; given out by the database, never reused. */
  number: ColumnType<number, never, never>;
  organization_id: string;
  name: string;
  type: EnvironmentType;
  retention_days: Generated<number>;
  created_at: CreatedAt;
  deleted_at: Date | null;
}

interface People {
  id: Generated<string>;
  email: string;
  name: string;
  password_hash: string;
  created_at: CreatedAt;
}

interface Memberships {
  organization_id: string;
  person_id: string;
  role: Role;
  created_at: CreatedAt;
}

interface Sessions {
  token_sha256: Buffer;
  person_id: string;
  created_at: CreatedAt;
  last_used_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
}

interface AccessTokens {
  environment_id: string;
  id: Generated<string>;
  name: string;
  secret_sha256: Buffer;
  scopes: string[];
  created_by: string | null;
  created_at: CreatedAt;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

interface EnvKeys {
  environment_id: string;
  env_key: string;
  created_at: CreatedAt;
  revoked_at: Date | null;
}

interface AuditLog {
  organization_id: string;
  id: ColumnType<number, never, never>;
  environment_id: string | null;
  person_id: string | null;
  access_token_id: string | null;
  action: string;
  target: string;
  detail: JSONColumnType<Record<string, unknown>, string | undefined, never>;
  at: CreatedAt;
}

/** What the collector's edge may know of environment keys. */
interface CollectorEnvKeys {
  env_key: string;
  environment_number: number;
  environment_id: string;
  retention_days: number;
  active: boolean;
}
