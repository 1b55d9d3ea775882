"use server";

import { cookies } from "next/headers";
import { readTheme, THEME_COOKIE } from "./theme.ts";

const YEAR_SECONDS = 31_536_000;

/** Keeps the choice where the server sees it, so that the next page comes in the right colours. */
export async function rememberTheme(theme: string): Promise<void> {
  (await cookies()).set(THEME_COOKIE, readTheme(theme), { maxAge: YEAR_SECONDS, sameSite: "lax", path: "/" });
}
