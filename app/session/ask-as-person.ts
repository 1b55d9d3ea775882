import { cookies } from "next/headers";
import { readConfig } from "../config.ts";
import { askServer, type ServerAnswer, type ServerQuestion } from "./ask-server.ts";
import { readSessionToken } from "./session-token.ts";

type Question<T> = Pick<ServerQuestion<T>, "path" | "schema" | "environment">;

/** Asks the server in the name of whoever is looking at the page that is being made. */
export async function askAsPerson<T>(question: Question<T>): Promise<ServerAnswer<T>> {
  const config = readConfig();
  const sessionToken = await readSessionToken((await cookies()).getAll(), config);
  if (sessionToken === null) return { kind: "unauthorized" };
  return askServer({ ...question, apiUrl: config.apiUrl, method: "GET", sessionToken });
}
