import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { ASKED_PATH_HEADER } from "./asked-path.ts";
import { signInPath } from "./return-path.ts";

const SESSION_COOKIES = ["next-auth.session-token", "__Secure-next-auth.session-token"];

/** Ends the rendering of a page that needs somebody signed in. */
export async function sendToSignIn(): Promise<never> {
  const asked = (await headers()).get(ASKED_PATH_HEADER) ?? "/";
  const jar = await cookies();
  redirect(
    signInPath(
      asked,
      SESSION_COOKIES.some((name) => jar.has(name)),
    ),
  );
}
