/** What an access token may do: read or write per product. `system` covers signing keys, webhooks and usage. */
export const SCOPES = ["video:read", "video:write", "data:read", "data:write", "system:read", "system:write"] as const;

/** What a person may do in the environments of an organisation, by role. */
export const ROLE_SCOPES: Readonly<Record<"owner" | "admin" | "member" | "viewer", readonly Scope[]>> = {
  owner: SCOPES,
  admin: SCOPES,
  member: ["video:read", "video:write", "data:read", "data:write", "system:read"],
  viewer: ["video:read", "data:read", "system:read"],
};

export type Scope = (typeof SCOPES)[number];
