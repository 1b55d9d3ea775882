import type { Caller } from "./access-tokens.ts";
import type { AuditEntry } from "./audit.ts";

/** What a caller did, for the audit log. */
export function auditEntryOf(caller: Caller, action: AuditEntry["action"], target: string): AuditEntry {
  const by = caller.kind === "token" ? { accessTokenId: caller.id } : { personId: caller.id.replace("person:", "") };
  return { organizationId: caller.organization.id, environmentId: caller.environment.id, by, action, target };
}
