import { z } from "zod";

/** Answers of the server's dashboard API, as they travel; read into our own names at once. */

const Person = z.object({ id: z.string(), email: z.string(), name: z.string().nullish() });

export const SignInWire = z
  .object({ session_token: z.string().min(1), expires_at: z.string(), person: Person })
  .transform(({ session_token, person }) => ({ sessionToken: session_token, person: toPerson(person) }));

export const SessionWire = z
  .object({
    person: Person,
    organizations: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        environments: z.array(z.object({ id: z.string(), name: z.string(), type: z.string(), role: z.string() })),
      }),
    ),
  })
  .transform(({ person, organizations }) => ({
    person: toPerson(person),
    environments: organizations.flatMap((organization) =>
      organization.environments.map(({ id, name, type }) => ({ id, name, type, organization: organization.name })),
    ),
  }));

/** No key: all of the environment's are revoked. */
export const EnvironmentWire = z
  .object({ id: z.string(), name: z.string(), type: z.string(), env_key: z.string().nullable() })
  .transform(({ id, name, type, env_key }) => ({ id, name, type, environmentKey: env_key }));

export type Person = { id: string; email: string; name: string };
export type Membership = z.output<typeof SessionWire>;
export type EnvironmentSummary = Membership["environments"][number];
export type Environment = z.output<typeof EnvironmentWire>;

function toPerson({ id, email, name }: z.output<typeof Person>): Person {
  return { id, email, name: name || email };
}
