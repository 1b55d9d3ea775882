import { createReadStream } from "node:fs";
import { type ClientRequest, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Answer {
  status: number;
  range: string | null;
}

export interface ChunkedResult {
  /** Requests that carried bytes, broken ones too. */
  sent: number;
  broken: number;
}

/** PUT of a part of a file; the whole of it unless told. Rejects when the connection breaks. */
export async function put(
  url: string,
  file: string,
  { start, end }: { start: number; end: number },
  headers: Record<string, string> = {},
  breakAfter: number | null = null,
): Promise<Answer> {
  const body = createReadStream(file, { start, end: end - 1, highWaterMark: 2 ** 18 });
  return new Promise((resolve, reject) => {
    const sending: ClientRequest = request(
      url,
      { method: "PUT", headers: { ...headers, "content-length": String(end - start) } },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, range: answer.headers.range ?? null }));
      },
    );
    sending.on("error", (error) => {
      body.destroy();
      reject(error);
    });
    let written = 0;
    body.on("data", (bytes) => {
      written += bytes.length;
      if (breakAfter !== null && written > breakAfter) sending.destroy(new Error("broken off on purpose"));
    });
    body.pipe(sending);
  });
}

/**
 * Sends a file in chunks, as uploaders do: a chunk whose connection breaks is sent again, once. Breaks some of them off in the
 * middle. Rejects when a chunk needs a third try, or an answer is another than 308, and 200 for the last.
 */
export async function putInChunks(
  url: string,
  file: string,
  sizeBytes: number,
  { chunkBytes, breakRatio }: { chunkBytes: number; breakRatio: number },
): Promise<ChunkedResult> {
  const result: ChunkedResult = { sent: 0, broken: 0 };
  for (let start = 0; start < sizeBytes; start += chunkBytes) {
    const part = { start, end: Math.min(sizeBytes, start + chunkBytes) };
    const headers = { "content-range": `bytes ${part.start}-${part.end - 1}/${sizeBytes}` };
    if (Math.random() < breakRatio) {
      result.sent += 1;
      result.broken += 1;
      await put(url, file, part, headers, Math.random() * (part.end - part.start)).catch(() => sleep(50));
    }
    result.sent += 1;
    const { status, range } = await put(url, file, part, headers);
    const isLast = part.end === sizeBytes;
    if (status !== (isLast ? 200 : 308)) throw new Error(`chunk at ${start} was answered ${status}`);
    if (!isLast && range !== `bytes=0-${part.end - 1}`)
      throw new Error(`behind the chunk at ${start} ${range} is there`);
  }
  return result;
}
