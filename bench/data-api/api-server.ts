import { END_MS } from "../queries/generate-views.ts";
import type { QueryStore } from "../queries/query-store.ts";
import { startVideoStack } from "../stack/video-stack.ts";
import { noteExportsMade } from "./exports-made.ts";

/** What is asked of the API. */
export interface ApiRequest {
  /** With its query. */
  path: string;
  /** POST with this as JSON; GET if left out. */
  body?: unknown;
}

/** A server as it runs, on the generated views, with a Postgres and a token of its own. */
export interface ApiServer {
  pid: number;
  /** The answer. Rejects for any status but 200. */
  ask(request: ApiRequest): Promise<unknown>;
  stop(): Promise<void>;
}

export interface ApiServerOptions {
  /** false: no answer serves two requests. */
  sharesAnswers: boolean;
  onLine?: (line: string) => void;
}

/** Its clock goes on from the end of the views, and nobody is refused for asking too often. */
export async function startApiServer(
  { url }: Pick<QueryStore, "url">,
  { sharesAnswers, onLine }: ApiServerOptions,
): Promise<ApiServer> {
  const clock = new URL(`shifted-clock-child.ts?now=${END_MS}`, import.meta.url);
  const stack = await startVideoStack({
    programs: ["server"],
    prepare: (databaseUrl) => noteExportsMade(databaseUrl, END_MS),
    ...(onLine && { onLine }),
    variables: {
      NODE_OPTIONS: `--import=${clock.href}`,
      CLICKHOUSE_URL: url,
      CLICKHOUSE_SQL_URL: url, // the embedded engine keeps environments apart by itself
      ANALYTICS_ALWAYS_ASK: sharesAnswers ? "0" : "1",
      API_RATE_PER_SECOND: "100000",
      API_RATE_BURST: "1000000",
    },
  });
  return {
    pid: stack.pid("server"),
    ask: async ({ path, body }) => {
      const { api, authorization } = stack;
      const headers = { authorization, ...(body !== undefined && { "content-type": "application/json" }) };
      const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
      const answer = await fetch(`${api}/data/v1${path}`, { headers, ...sent });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${text.slice(0, 500)}`);
      return JSON.parse(text);
    },
    stop: () => stack.stop(),
  };
}
