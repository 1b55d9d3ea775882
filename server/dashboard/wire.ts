import { z } from "zod";

/** Shapes of the dashboard's own API, as the app reads them. */
export const PersonWire = z.object({ id: z.uuid(), email: z.string(), name: z.string() });

export const EnvironmentTypeWire = z.enum(["production", "development"]);

export const OrganizationWire = z.object({
  id: z.uuid(),
  name: z.string(),
  environments: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: EnvironmentTypeWire,
      role: z.enum(["owner", "admin", "member", "viewer"]),
    }),
  ),
});
