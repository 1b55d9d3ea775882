/** What an access token may do: read or write per product. `system` covers signing keys, webhooks and usage. */
export const SCOPES = ["video:read", "video:write", "data:read", "data:write", "system:read", "system:write"] as const;

export type Scope = (typeof SCOPES)[number];
