import Broker from "kafkajs/src/broker/index.js";
import Connection from "kafkajs/src/network/connection.js";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

/** Length of the number that each answer begins with. */
const SIZE_BYTES = 4;

let isMended = false;

/** Mends faults of kafkajs 2.2.4 that nobody will mend there. Called before anything is connected. */
export function mendKafkajs(): void {
  if (isMended) return;
  isMended = true;
  beginAnewOnConnect();
  setNoNegativeTimers();
  waitForFirstAnswer();
}

/**
 * A connection that is opened again kept the beginning of an answer that its last socket had not finished, and took what
 * still came from that socket: the next answers were read at wrong places, which ended the process. And two requests that
 * found a connection closed opened two sockets.
 */
function beginAnewOnConnect(): void {
  const connect = Connection.prototype.connect;
  const underWay = new WeakMap<Connection, Promise<unknown>>();
  Connection.prototype.connect = function (this: Connection): Promise<unknown> {
    const pending = underWay.get(this);
    if (pending !== undefined) return pending;
    if (!this.isConnected()) {
      this.socket?.destroy();
      this.chunks = [];
      this.bytesBuffered = 0;
      this.bytesNeeded = SIZE_BYTES;
    }
    const connecting = connect.call(this).finally(() => underWay.delete(this));
    underWay.set(this, connecting);
    return connecting;
  };
}

/**
 * After every request a timer was set with a negative delay, to look for throttled ones even where nothing waits: Node says
 * so in a warning and makes it 1 ms. Without throttled requests there is nothing to look for.
 */
function setNoNegativeTimers(): void {
  const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}

/**
 * A broker counted as connected before it had answered what it understands. Whoever asked something of it until then, while it
 * hung, got an error that looks like a mistake in a program, and ended it.
 */
function waitForFirstAnswer(): void {
  const { connect, isConnected } = Broker.prototype;
  const understood = new WeakSet<Broker>();
  Broker.prototype.connect = async function (this: Broker): Promise<void> {
    await connect.call(this);
    understood.add(this);
  };
  Broker.prototype.isConnected = function (this: Broker): boolean {
    return understood.has(this) && isConnected.call(this);
  };
}
