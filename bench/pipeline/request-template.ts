import { decodeKey } from "../../domain/wire/decode-key.ts";
import { isRecord } from "../../domain/wire/peek-event.ts";
import type { RecordedRequest } from "../../domain/wire/rewrite-recording.ts";

/** What differs between the requests of a run. */
export interface RequestFacts {
  /** 36 characters, like the SDK's. */
  viewId: string;
  /** IPv4 in dotted form, as behind a proxy. */
  address: string;
  title: string;
  /** Client clock for which the events were recorded to be sent, Unix milliseconds: their times are relative to it. */
  baseMs: number;
  /** Client clock at sending; later than `baseMs` for a request that is sent again. */
  sentAtMs: number;
  /** View sequence number of the first event. */
  sequence: number;
}

interface Slot {
  at: number;
  width: number;
}

const ID_WIDTH = 36;
const TIME_WIDTH = 13;
const SEQUENCE_WIDTH = 10;
const ADDRESS_WIDTH = 15;
const TITLE_WIDTH = 32;
/** September 2001: larger numbers are times of the client's clock. */
const EARLIEST_TIME_MS = 1e12;
const SPACES = " ".repeat(TITLE_WIDTH);

/**
 * A recorded request as bytes in which ids, times and numbers are set in place: every field has room for its longest
 * value, and what is shorter is filled up with spaces, which neither JSON nor HTTP minds (a title keeps them). Filling one costs a few
 * microseconds, where writing its JSON anew would cost a hundred.
 */
export class RequestTemplate {
  readonly events: number;
  readonly #bytes: Buffer;
  readonly #ids: readonly Slot[];
  readonly #times: readonly (Slot & { offsetMs: number })[];
  readonly #sendings: readonly Slot[];
  readonly #sequences: readonly (Slot & { index: number })[];
  readonly #titles: readonly Slot[];
  readonly #address: Slot;

  constructor({ body, headers, path }: Pick<RecordedRequest, "body" | "headers" | "path">, envKey: string) {
    const { metadata, events } = JSON.parse(body) as { metadata: Record<string, unknown>; events: unknown[] };
    const writer = new SlotWriter(Number(metadata["transmission_timestamp"]), envKey);
    writer.object({ metadata }, -1, false);
    writer.text(',"events":[');
    for (const [index, event] of events.entries()) {
      if (index > 0) writer.text(",");
      if (isRecord(event)) writer.object(event, index, true);
    }
    writer.text("]}");
    const head = headOf(headers, path, writer.length);
    const shifted = <S extends Slot>(slots: readonly S[]) =>
      slots.map((slot) => ({ ...slot, at: slot.at + head.bytes.length }));
    this.events = events.length;
    this.#bytes = Buffer.concat([head.bytes, Buffer.from(writer.parts.join(""))]);
    this.#ids = shifted(writer.ids);
    this.#times = shifted(writer.times);
    this.#sendings = shifted(writer.sendings);
    this.#sequences = shifted(writer.sequences);
    this.#titles = shifted(writer.titles);
    this.#address = { at: head.addressAt, width: ADDRESS_WIDTH };
  }

  get sizeBytes(): number {
    return this.#bytes.length;
  }

  /** A whole HTTP request. */
  fill({ viewId, address, title, baseMs, sentAtMs, sequence }: RequestFacts): Buffer {
    const bytes = Buffer.from(this.#bytes);
    for (const { at } of this.#ids) bytes.write(viewId, at, ID_WIDTH, "latin1");
    for (const { at, offsetMs } of this.#times) bytes.write(String(baseMs + offsetMs), at, TIME_WIDTH, "latin1");
    for (const { at } of this.#sendings) bytes.write(String(sentAtMs), at, TIME_WIDTH, "latin1");
    for (const slot of this.#sequences) put(bytes, slot, String(sequence + slot.index));
    for (const slot of this.#titles) put(bytes, slot, title);
    put(bytes, this.#address, address);
    return bytes;
  }
}

function put(bytes: Buffer, { at, width }: Slot, text: string): void {
  bytes.write(text, at, width, "latin1");
  if (text.length < width) bytes.write(SPACES, at + text.length, width - text.length, "latin1");
}

/** Writes JSON and keeps where the values stand that will be set. */
class SlotWriter {
  readonly parts: string[] = [];
  readonly ids: Slot[] = [];
  readonly times: (Slot & { offsetMs: number })[] = [];
  readonly sendings: Slot[] = [];
  readonly sequences: (Slot & { index: number })[] = [];
  readonly titles: Slot[] = [];
  length = 0;
  readonly #sentAtMs: number;
  readonly #envKey: string;

  constructor(sentAtMs: number, envKey: string) {
    this.#sentAtMs = sentAtMs;
    this.#envKey = envKey;
  }

  text(text: string): void {
    this.parts.push(text);
    this.length += Buffer.byteLength(text);
  }

  /** All members, and the closing brace unless more is to follow. */
  object(value: Readonly<Record<string, unknown>>, index: number, closed: boolean): void {
    this.text("{");
    for (const [at, [key, member]] of Object.entries(value).entries()) {
      this.text(`${at > 0 ? "," : ""}${JSON.stringify(key)}:`);
      if (isRecord(member)) this.object(member, index, true);
      else this.#scalar(index < 0 ? key : decodeKey(key), member, index);
    }
    if (closed) this.text("}");
  }

  #scalar(name: string, value: unknown, index: number): void {
    if (name === "transmission_timestamp") {
      this.sendings.push({ at: this.length, width: TIME_WIDTH });
      this.text(SPACES.slice(0, TIME_WIDTH));
    } else if (name === "view_id") this.#quoted(this.ids, ID_WIDTH);
    else if (name === "video_title") this.#quoted(this.titles, TITLE_WIDTH);
    else if (name === "env_key") this.text(JSON.stringify(this.#envKey));
    else if (name === "view_sequence_number" || name === "player_sequence_number") {
      this.sequences.push({ at: this.length, width: SEQUENCE_WIDTH, index });
      this.text(SPACES.slice(0, SEQUENCE_WIDTH));
    } else if (typeof value === "number" && value >= EARLIEST_TIME_MS) {
      this.times.push({ at: this.length, width: TIME_WIDTH, offsetMs: Math.round(value) - this.#sentAtMs });
      this.text(SPACES.slice(0, TIME_WIDTH));
    } else this.text(JSON.stringify(value));
  }

  #quoted(slots: Slot[], width: number): void {
    slots.push({ at: this.length + 1, width });
    this.text(`"${SPACES.repeat(2).slice(0, width)}"`);
  }
}

function headOf(headers: Readonly<Record<string, string>>, path: string, length: number) {
  const kept = ["content-type", "user-agent", "origin", "referer"].flatMap((name) =>
    headers[name] === undefined ? [] : [`${name}: ${headers[name]}\r\n`],
  );
  const before = `POST ${path} HTTP/1.1\r\nhost: beacons.example.com\r\n${kept.join("")}content-length: ${length}\r\nx-forwarded-for: `;
  return { bytes: Buffer.from(`${before}${SPACES.slice(0, ADDRESS_WIDTH)}\r\n\r\n`), addressAt: before.length };
}
