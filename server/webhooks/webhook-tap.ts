import { PassThrough, type Readable } from "node:stream";
import { ApiError } from "../../domain/errors.ts";
import { envelopeOf, type WebhookEvent } from "../../domain/webhooks/envelope.ts";

/** Streams of one environment that are open at once. */
const MOST_OF_ONE = 20;
/** A stream ends then, and its client opens another: a token that was revoked meanwhile cannot. */
const STREAM_MS = 3_600_000;
/** Proxies end what is silent for a minute. */
const KEEP_ALIVE_MS = 15_000;
/** What a client has not read yet; one that reads too slowly is sent away. */
const MOST_UNREAD_BYTES = 4_194_304;

interface Stream {
  environmentId: string;
  /** The newest event before it. */
  openedAfter: number;
  output: PassThrough;
  timers: NodeJS.Timeout[];
}

/** Open streams of events as they happen (reference video-api.md §7.6), of this server. */
export class WebhookTap {
  readonly #streamMs: number;
  readonly #streams = new Map<string, Set<Stream>>();
  #isClosed = false;

  /** @param streamMs an hour, unless a test cannot wait for it */
  constructor(streamMs = STREAM_MS) {
    this.#streamMs = streamMs;
  }

  /**
   * A stream of Server-Sent Events; it ends by itself, or is destroyed by who reads it. 429 where the environment has too many.
   *
   * @param openedAfter number of the newest event that has happened: none of before is told, also not as missed
   */
  open(environmentId: string, openedAfter: number): Readable {
    if (this.#isClosed) throw new ApiError("unavailable", ["The server restarts"], { retryAfterSeconds: 1 });
    const others = this.#streams.get(environmentId) ?? new Set();
    if (others.size >= MOST_OF_ONE)
      throw new ApiError("rate_limited", [`This environment has ${MOST_OF_ONE} streams open: close one first`], {
        retryAfterSeconds: 10,
      });
    const output = new PassThrough();
    const timers = [
      setInterval(() => output.write(": still here\n\n"), KEEP_ALIVE_MS),
      setTimeout(() => output.end(), this.#streamMs),
    ];
    const stream: Stream = { environmentId, openedAfter, output, timers };
    this.#streams.set(environmentId, others.add(stream));
    output.once("close", () => this.#forget(stream));
    output.on("error", () => undefined); // its reader has left
    output.write("event: connected\ndata: {}\n\n");
    return output;
  }

  /** Environments that somebody listens to. */
  get environmentIds(): string[] {
    return [...this.#streams.keys()];
  }

  /** From which event on each environment is listened to: those behind it. */
  openedAfter(): Map<string, number> {
    const numbers = [...this.#streams].map(([id, streams]): [string, number] => [
      id,
      Math.min(...[...streams].map((stream) => stream.openedAfter)),
    ]);
    return new Map(numbers);
  }

  tell(event: WebhookEvent): void {
    const text = `id: ${event.id}\ndata: ${JSON.stringify(envelopeOf(event, []))}\n\n`;
    for (const { output } of this.#streams.get(event.environment.id) ?? []) {
      if (output.writableLength + output.readableLength > MOST_UNREAD_BYTES) output.destroy();
      else if (!output.writableEnded) output.write(text);
    }
  }

  /** Ends all streams; no more are opened. */
  close(): void {
    this.#isClosed = true;
    for (const streams of this.#streams.values()) for (const { output } of streams) output.end();
  }

  #forget(stream: Stream): void {
    for (const timer of stream.timers) clearInterval(timer);
    const streams = this.#streams.get(stream.environmentId);
    streams?.delete(stream);
    if (streams?.size === 0) this.#streams.delete(stream.environmentId);
  }
}
