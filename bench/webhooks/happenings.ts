import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const RETRY_MS = 100;
/** Changes of one asset come one after another: its row is locked. */
const WRITERS = 16;

export interface Api {
  api: string;
  authorization: string;
}

const Answer = z.object({ data: z.unknown() });
const Asset = z.object({ id: z.string() });

/** Asks the API once and gives the answer's `data`, null where it has no body; rejects where it does not answer with 2xx. */
export async function ask({ api, authorization }: Api, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: { authorization, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
  return text === "" ? null : Answer.parse(JSON.parse(text)).data;
}

/**
 * Makes events happen by changing assets, `perSecond` of them, each with a mark of its own; one whose answer does not come, since the
 * server was killed, is done again. Resolves with the marks, all of them acknowledged.
 *
 * @param onDone how many were acknowledged so far
 */
export async function makeHappen(
  api: Api,
  { count, perSecond }: { count: number; perSecond: number },
  onDone: (done: number) => void,
): Promise<string[]> {
  const marks = Array.from({ length: count }, (_, at) => `event-${at}`);
  const waiting = marks.values();
  let done = 0;
  const write = async (): Promise<void> => {
    const body = { inputs: [{ url: "https://example.com/film.mp4" }] };
    const asset = Asset.parse(await ask(api, "POST", "/video/v1/assets", body));
    for (const mark of waiting) {
      const next = sleep((WRITERS / perSecond) * 1_000);
      await untilAcknowledged(api, asset.id, mark);
      done += 1;
      onDone(done);
      await next;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  return marks;
}

async function untilAcknowledged(api: Api, assetId: string, mark: string): Promise<void> {
  for (;;) {
    try {
      await ask(api, "PATCH", `/video/v1/assets/${assetId}`, { passthrough: mark });
      return;
    } catch {
      await sleep(RETRY_MS);
    }
  }
}
