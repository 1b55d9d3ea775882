import type { PostgresTransaction } from "../../platform/postgres/pool.ts";

export interface AuditEntry {
  organizationId: string;
  environmentId: string;
  /** Who did it: a person or an access token. */
  by: { personId: string } | { accessTokenId: string };
  action:
    | "access_token.create"
    | "access_token.revoke"
    | "playback_restriction.create"
    | "playback_restriction.update"
    | "playback_restriction.delete"
    | "signing_key.create"
    | "signing_key.delete"
    | "webhook.create"
    | "webhook.update"
    | "webhook.delete";
  /** Id of what it was done to. */
  target: string;
  detail?: Record<string, unknown>;
}

/** Notes who changed what, in the transaction of the change. */
export async function recordAudit(transaction: PostgresTransaction, entry: AuditEntry): Promise<void> {
  const { organizationId, environmentId, by, action, target, detail } = entry;
  await transaction
    .insertInto("audit_log")
    .values({
      organization_id: organizationId,
      environment_id: environmentId,
      person_id: "personId" in by ? by.personId : null,
      access_token_id: "accessTokenId" in by ? by.accessTokenId : null,
      action,
      target,
      ...(detail === undefined ? {} : { detail: JSON.stringify(detail) }),
    })
    .execute();
}
