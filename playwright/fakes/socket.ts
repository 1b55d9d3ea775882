import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "socket.io";
import type { MonitoringFilter } from "../../domain/monitoring/dimensions.ts";
import type {
  ClientToServer,
  MonitoringWire,
  ServerToClient,
  SubscribeWire,
} from "../../domain/monitoring/socket-wire.ts";
import { BUCKET_MS, WINDOW_MS } from "../../domain/monitoring/socket-wire.ts";
import { breakdownOf, bucketsOf, type Evening, measuresAt } from "./audience.ts";

const DELAY_MS = 800;
const PUSH_MS = 500;

/** The collector's realtime socket over an invented evening. */
export interface FakeSocket {
  url: string;
  /** Every subscribe message, newest last. */
  subscriptions: SubscribeWire[];
  /** Every token seen: in handshakes and refreshes. */
  tokens: string[];
  setEvening(evening: Evening): void;
  /** From now on `as_of` stands still, as with a dead consumer; null: goes on. */
  stall(asOfMs: number | null): void;
  /** Sends nothing at all any more, as a hanging server does. */
  mute(muted: boolean): void;
  /** Cuts all connections; refuses new ones while `refuse`. */
  cut(refuse: boolean): void;
  /** Back to the beginning: no memory, no trouble. */
  reset(evening: Evening): void;
  close(): Promise<void>;
}

export async function startFakeSocket(initial: Evening): Promise<FakeSocket> {
  const http = createServer();
  const io = new Server<ClientToServer, ServerToClient>(http, { transports: ["websocket"], cors: { origin: true } });
  const state = { evening: initial, stalledAtMs: null as number | null, muted: false, refuse: false };
  const subscriptions: SubscribeWire[] = [];
  const tokens: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  io.use((socket, next) => {
    tokens.push(String(socket.handshake.auth["token"]));
    next(state.refuse ? new Error("unavailable") : undefined);
  });
  io.on("connection", (socket) => {
    const follow = followWith(socket, state);
    socket.on("subscribe", (message, ack) => {
      subscriptions.push(message);
      ack({ ok: true });
      follow.begin(message);
    });
    socket.on("unsubscribe", ({ id }, ack) => {
      follow.end(id);
      ack({ ok: true });
    });
    socket.on("refresh_token", ({ token }, ack) => {
      tokens.push(token);
      ack({ ok: true });
    });
    const timer = setInterval(follow.push, PUSH_MS);
    timers.add(timer);
    socket.on("disconnect", () => {
      clearInterval(timer);
      timers.delete(timer);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    subscriptions,
    tokens,
    setEvening: (evening) => Object.assign(state, { evening }),
    stall: (asOfMs) => Object.assign(state, { stalledAtMs: asOfMs }),
    mute: (muted) => Object.assign(state, { muted }),
    cut: (refuse) => {
      state.refuse = refuse;
      io.disconnectSockets(true);
    },
    reset: (evening) => {
      Object.assign(state, { evening, stalledAtMs: null, muted: false, refuse: false });
      subscriptions.length = 0;
      tokens.length = 0;
    },
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await io.close();
    },
  };
}

interface State {
  evening: Evening;
  stalledAtMs: number | null;
  muted: boolean;
}

function followWith(socket: Socket<ClientToServer, ServerToClient>, state: State) {
  const followed = new Map<string, { wanted: SubscribeWire; sentUntilMs: number | null }>();
  const push = () => {
    if (state.muted) return;
    for (const follower of followed.values()) {
      const sentAt = Date.now();
      const asOf = state.stalledAtMs ?? sentAt - DELAY_MS - 60 * Math.sin(sentAt / 3_000);
      const fromMs = follower.sentUntilMs === null ? asOf - WINDOW_MS : follower.sentUntilMs - BUCKET_MS * 8;
      const event = follower.sentUntilMs === null ? "snapshot" : "delta";
      follower.sentUntilMs = asOf;
      socket.emit(event, messageOf(follower.wanted, state.evening, fromMs, asOf, sentAt));
    }
  };
  return {
    push,
    begin: (wanted: SubscribeWire) => {
      followed.set(wanted.id, { wanted, sentUntilMs: null });
      push();
    },
    end: (id: string) => followed.delete(id),
  };
}

function messageOf(
  wanted: SubscribeWire,
  evening: Evening,
  fromMs: number,
  asOf: number,
  sentAt: number,
): MonitoringWire {
  const filters: MonitoringFilter[] = (wanted.filters ?? []).map(({ negated = false, ...rest }) => ({
    ...rest,
    negated,
  }));
  const rows = (wanted.breakdowns ?? []).map((dimension) => [
    dimension,
    breakdownOf(evening, filters, dimension, asOf),
  ]);
  return {
    id: wanted.id,
    as_of: asOf,
    sent_at: sentAt,
    delay_ms: sentAt - asOf,
    state: sentAt - asOf >= 5_000 ? "stalled" : "live",
    buckets: bucketsOf(evening, filters, fromMs, asOf),
    current: measuresAt(evening, filters, asOf),
    breakdowns: Object.fromEntries(rows),
  };
}
