import { Agent, request } from "node:http";

export interface Sender {
  /** Tells the moment at which the last byte was given to the system, by `clock`. Rejects unless answered with 200. */
  post(port: number, body: string, clock: () => number, onSent: (atMs: number) => void): Promise<void>;
  close(): void;
}

const TIMEOUT_MS = 30_000;

/** Sends to this machine over connections that are kept, so that no request waits for a handshake. */
export function createSender(): Sender {
  const agent = new Agent({ keepAlive: true });
  const headers = {
    "content-type": "text/plain",
    "user-agent":
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    "x-forwarded-for": "81.2.69.142",
  };
  return {
    post: (port, body, clock, onSent) =>
      new Promise((resolve, reject) => {
        const options = {
          agent,
          port,
          host: "127.0.0.1",
          method: "POST",
          headers: { ...headers, "content-length": Buffer.byteLength(body) },
        };
        const sent = request(options, (response) => {
          response.resume();
          response.on("error", reject);
          response.on("end", () => {
            if (response.statusCode === 200) resolve();
            else reject(new Error(`a mark was answered with ${response.statusCode}`));
          });
        });
        sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error("a mark was not answered")));
        sent.on("error", reject);
        sent.end(body, () => onSent(clock())); // "finish": headers and body have been handed to the system
      }),
    close: () => agent.destroy(),
  };
}
