import NextAuth from "next-auth";
import { readConfig } from "../../../config.ts";
import { authOptions } from "../../../session/auth-options.ts";

type Context = { params: Promise<{ nextauth: string[] }> };

/** next-auth's own pages and calls: CSRF token, sign-in, sign-out, session. */
async function answer(request: Request, context: Context): Promise<Response> {
  return NextAuth(authOptions(readConfig()))(request, context);
}

export { answer as GET, answer as POST };
