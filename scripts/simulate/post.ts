import { Agent, request } from "node:http";

export interface Reply {
  /** 2xx. */
  accepted: boolean;
  /** null: no answer at all. */
  status: number | null;
  /** Why there was none. */
  error: string | null;
}

export interface Poster {
  /** Never rejects. */
  post(headers: Readonly<Record<string, string>>, body: string, path?: string): Promise<Reply>;
  close(): void;
}

/** As long as browsers wait for an answer, or longer than anyone should have to. */
const TIMEOUT_MS = 30_000;
/** Two viewers in a hundred send at the same moment when 20,000 beat every 10 s. */
const MAX_SOCKETS = 128;

/** Sends to one address over connections that are kept. */
export function createPoster(address: { host: string; port: number }): Poster {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, timeout: TIMEOUT_MS });
  return {
    post: (headers, body, path = "/") =>
      new Promise((resolve) => {
        const fail = (error: Error & { code?: string }) =>
          resolve({ accepted: false, status: null, error: error.code ?? error.message });
        const options = {
          ...address,
          agent,
          method: "POST",
          path,
          headers: { ...headers, "content-length": Buffer.byteLength(body) },
        };
        const sent = request(options, (response) => {
          const status = response.statusCode ?? 0;
          response.on("error", fail);
          response.on("end", () => resolve({ accepted: status >= 200 && status < 300, status, error: null }));
          response.resume();
        });
        sent.setTimeout(TIMEOUT_MS, () => sent.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })));
        sent.on("error", fail);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}
