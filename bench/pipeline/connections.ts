import { connect, type Socket } from "node:net";

/** Sends requests over kept connections, one at a time on each; those that find none free wait in line. */
export class Connections {
  readonly #port: number;
  readonly #free: Connection[] = [];
  readonly #all: Connection[] = [];
  #waiting: Job[] = [];
  #taken = 0;

  constructor(port: number, count: number) {
    this.#port = port;
    for (let index = 0; index < count; index += 1) this.#open();
  }

  /** Requests that no connection has taken yet. */
  get waiting(): number {
    return this.#waiting.length - this.#taken;
  }

  /** `make` is called when a connection is free; `done` with the status, or 0 when there was no answer. */
  send(make: () => Buffer, done: Job["done"]): void {
    this.#waiting.push({ make, done });
    this.#pump();
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  #open(): void {
    const connection = new Connection(this.#port, () => {
      this.#free.push(connection);
      this.#pump();
    });
    this.#all.push(connection);
  }

  #pump(): void {
    while (this.waiting > 0) {
      const connection = this.#free.shift(); // the one that is idle longest: none is idle until the edge closes it
      if (connection === undefined) return;
      const job = this.#waiting[this.#taken] as Job;
      this.#taken += 1;
      if (this.#taken > 10_000) {
        this.#waiting = this.#waiting.slice(this.#taken);
        this.#taken = 0;
      }
      connection.send(job);
    }
  }
}

interface Job {
  make: () => Buffer;
  done: (status: number, tookMs: number) => void;
}

const RECONNECT_MS = 250;
const TIMEOUT_MS = 30_000;
const ANSWER_START = "HTTP/1.1 ";
/** Our edge's answers fit into one packet and end with this. */
const ANSWER_END = /\r\n\r\n[a-z]+\n$/;

/** One connection, opened again when it breaks. */
class Connection {
  readonly #port: number;
  readonly #onFree: () => void;
  #socket: Socket | null = null;
  #job: Job | null = null;
  #sentMs = 0;
  #received = "";
  #closed = false;
  /** Offered and not taken since. */
  #offered = false;

  constructor(port: number, onFree: () => void) {
    this.#port = port;
    this.#onFree = onFree;
    this.#connect();
  }

  send(job: Job): void {
    this.#offered = false;
    this.#job = job;
    this.#received = "";
    this.#sentMs = performance.now();
    this.#socket?.write(job.make()); // on a broken one "close" tells
    if (this.#socket?.destroyed === true) setImmediate(() => this.#finish(0)); // told already
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  #connect(): void {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.setTimeout(TIMEOUT_MS, () => {
      if (this.#job !== null) socket.destroy();
    });
    socket.on("connect", () => this.#offer());
    socket.on("error", () => undefined); // "close" follows
    socket.on("close", () => {
      this.#finish(0);
      if (!this.#closed) setTimeout(() => this.#connect(), RECONNECT_MS);
    });
    socket.on("data", (text: string) => {
      this.#received += text;
      if (!this.#received.startsWith(ANSWER_START) || !ANSWER_END.test(this.#received)) return;
      this.#finish(Number(this.#received.slice(ANSWER_START.length, ANSWER_START.length + 3)));
      this.#offer();
    });
  }

  #offer(): void {
    if (this.#offered) return;
    this.#offered = true;
    this.#onFree();
  }

  #finish(status: number): void {
    const job = this.#job;
    this.#job = null;
    job?.done(status, performance.now() - this.#sentMs);
  }
}
