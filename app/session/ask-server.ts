import type { z } from "zod";
import { ENVIRONMENT_HEADER } from "./forwarding.ts";

/** The server never makes a person wait longer than this; then it counts as down. */
const TIMEOUT_MS = 10_000;

/** Every way a question to the server can end. */
export type ServerAnswer<T> =
  | { kind: "ok"; value: T }
  | { kind: "unauthorized" }
  | { kind: "not_found" }
  | { kind: "throttled"; retryAfterSeconds: number | null }
  | { kind: "unavailable"; reason: string };

export interface ServerQuestion<T> {
  apiUrl: string;
  path: string;
  method: "GET" | "POST" | "DELETE";
  schema: z.ZodType<T>;
  sessionToken?: string;
  body?: unknown;
  /** Of a question to the public API, whose paths name none. */
  environment?: string;
  /** Whom the server limits and records: the browser's address, not ours. */
  clientAddress?: string | undefined;
}

/** Asks the server. Never rejects: each failure is an answer that a page has words for. */
export async function askServer<T>(question: ServerQuestion<T>): Promise<ServerAnswer<T>> {
  try {
    const answer = await fetch(new URL(question.path, question.apiUrl), {
      method: question.method,
      headers: headersOf(question),
      ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return await readAnswer(answer, question.schema);
  } catch (error) {
    return { kind: "unavailable", reason: error instanceof Error ? error.message : String(error) };
  }
}

async function readAnswer<T>(answer: Response, schema: z.ZodType<T>): Promise<ServerAnswer<T>> {
  if (answer.status === 401) return { kind: "unauthorized" };
  if (answer.status === 404) return { kind: "not_found" };
  if (answer.status === 429) {
    const seconds = Number(answer.headers.get("retry-after"));
    return { kind: "throttled", retryAfterSeconds: seconds > 0 ? Math.ceil(seconds) : null };
  }
  if (!answer.ok) return { kind: "unavailable", reason: `server answered ${answer.status}` };
  const parsed = schema.safeParse(answer.status === 204 ? undefined : await answer.json());
  if (!parsed.success) return { kind: "unavailable", reason: `unexpected answer: ${parsed.error.message}` };
  return { kind: "ok", value: parsed.data };
}

function headersOf({
  sessionToken,
  body,
  environment,
  clientAddress,
}: ServerQuestion<unknown>): Record<string, string> {
  return {
    accept: "application/json",
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(sessionToken === undefined ? {} : { authorization: `Bearer ${sessionToken}` }),
    ...(environment === undefined ? {} : { [ENVIRONMENT_HEADER]: environment }),
    ...(clientAddress === undefined ? {} : { "x-forwarded-for": clientAddress }),
  };
}
