import { z } from "zod";
import { ApiError } from "../../domain/errors.ts";
import { createSession } from "../auth/sessions.ts";
import type { App } from "../http/app.ts";
import { requestAddress } from "../http/client.ts";
import type { Services } from "../http/services.ts";
import { PersonWire } from "./wire.ts";

const MAX_EMAIL_LENGTH = 254; // RFC 5321 §4.5.3.1.3, less the angle brackets
const MAX_PASSWORD_LENGTH = 1_024;

const SignIn = z.object({
  email: z
    .string()
    .trim()
    .max(MAX_EMAIL_LENGTH)
    .regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u, "is not an email address"),
  password: z.string().min(1).max(MAX_PASSWORD_LENGTH),
});

const SignedIn = z.object({ session_token: z.string(), expires_at: z.iso.datetime(), person: PersonWire });

/** POST /dashboard/v1/sign-in. An unknown address and a wrong password get the same answer after the same work. */
export function signInRoute(app: App, services: Services): void {
  const { db, checkPassword, throttle, trustedProxies, now } = services;
  app.post(
    "/dashboard/v1/sign-in",
    { schema: { hide: true, body: SignIn, response: { 200: SignedIn } } },
    async (request) => {
      const { email, password } = request.body;
      await throttle.attempt(email, requestAddress(request, trustedProxies));
      const person = await db
        .selectFrom("people")
        .select(["id", "email", "name", "password_hash"])
        .where(({ eb, fn, val }) => eb(fn("lower", ["email"]), "=", fn("lower", [val(email)])))
        .executeTakeFirst();
      const isRight = await checkPassword(password, person?.password_hash ?? null);
      if (!isRight || person === undefined) throw new ApiError("unauthorized", ["Email or password is wrong"]);
      await throttle.succeeded(email);
      const { token, expiresAt } = await createSession(db, person.id, now());
      return {
        session_token: token,
        expires_at: expiresAt.toISOString(),
        person: { id: person.id, email: person.email, name: person.name },
      };
    },
  );
}
