import { io, type Socket } from "socket.io-client";
import type { MonitoringDimension, MonitoringFilter } from "../../domain/monitoring/dimensions.ts";
import type { Line } from "../../domain/monitoring/live-status.ts";
import type {
  AckWire,
  ClientToServer,
  EndedWire,
  MonitoringWire,
  ServerToClient,
} from "../../domain/monitoring/socket-wire.ts";
import { mergeMessage, type Picture } from "../../domain/monitoring/timeline.ts";
import { fetchSocketToken, type SocketToken } from "./socket-token.ts";

export interface Subscription {
  filters: readonly MonitoringFilter[];
  breakdowns: readonly MonitoringDimension[];
}

export interface LiveState {
  line: Line;
  /** The newest numbers; those of the subscription before while `pending`. */
  picture: Picture | null;
  /** A changed subscription was asked for and its first message is not here yet. */
  pending: boolean;
  /** `signed_out` and `denied` are final; `refused` lasts until the subscription changes. */
  problem: "signed_out" | "denied" | "refused" | null;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** The token is replaced this long before it expires. */
const RENEW_AHEAD_MS = 60_000;
/** However short-lived tokens are, they are not asked for more often. */
const LEAST_RENEWAL_MS = 5_000;
const ACK_TIMEOUT_MS = 10_000;

type Wire = Socket<ServerToClient, ClientToServer>;

/**
 * One page's line to the collector: connects with a fresh socket token each time, renews it in place, subscribes anew after
 * a reconnect from where it was, and merges what comes. Calls `onChange` with a new state at every event; `stop` ends all.
 */
export class MonitoringClient {
  readonly #environment: string;
  readonly #onChange: (state: LiveState) => void;
  readonly #abort = new AbortController();
  #subscription: Subscription;
  #subscriptions = 0;
  #state: LiveState;
  #socket: Wire | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(environment: string, subscription: Subscription, onChange: (state: LiveState) => void) {
    this.#environment = environment;
    this.#subscription = subscription;
    this.#onChange = onChange;
    this.#state = INITIAL_STATE;
  }

  start(): void {
    this.#set({ line: { connected: false, lostAtMs: Date.now(), heardAtMs: null } });
    void this.#connect();
  }

  stop(): void {
    this.#abort.abort();
    this.#drop();
  }

  /** Sees something else from now on; the numbers before stay until the first new ones are here. */
  change(subscription: Subscription): void {
    const before = this.#id();
    this.#subscription = subscription;
    this.#subscriptions += 1;
    const problem = this.#state.problem === "refused" ? null : this.#state.problem;
    this.#set({ pending: true, problem });
    if (this.#socket?.connected !== true) return;
    this.#socket.emit("unsubscribe", { id: before }, () => undefined);
    void this.#subscribe(this.#socket);
  }

  async #connect(): Promise<void> {
    const answer = await fetchSocketToken(this.#environment, this.#abort.signal);
    if (this.#abort.signal.aborted) return;
    if (answer.kind === "signed_out" || answer.kind === "denied") return this.#set({ problem: answer.kind });
    if (answer.kind === "unavailable") return this.#lost();
    this.#open(answer.token);
  }

  #open({ token, socketUrl, lifetimeMs }: SocketToken): void {
    const socket: Wire = io(socketUrl, {
      transports: ["websocket"],
      auth: { token },
      forceNew: true,
      reconnection: false, // each attempt needs a fresh token, so the loop is ours
      timeout: CONNECT_TIMEOUT_MS,
    });
    this.#socket = socket;
    const lost = () => {
      if (this.#socket === socket) this.#lost();
    };
    socket.on("connect", () => {
      this.#renewLater(socket, lifetimeMs);
      void this.#subscribe(socket);
    });
    socket.on("connect_error", lost);
    socket.on("disconnect", lost);
    socket.on("snapshot", (message) => this.#hear(message));
    socket.on("delta", (message) => this.#hear(message));
    socket.on("ended", (message) => this.#ended(message, lost));
  }

  async #subscribe(socket: Wire): Promise<void> {
    const { filters, breakdowns } = this.#subscription;
    const { pending, picture } = this.#state;
    const id = this.#id();
    const answer = await acknowledged((ack) =>
      socket.emit(
        "subscribe",
        {
          id,
          filters: filters.map((filter) => ({ ...filter, values: [...filter.values] })),
          breakdowns: [...breakdowns],
          ...(pending || picture === null ? {} : { resume_from: picture.asOfMs }),
        },
        ack,
      ),
    );
    if (socket !== this.#socket || id !== this.#id() || answer.ok) return;
    if (answer.error.type === "invalid_parameters") this.#set({ problem: "refused" });
    else this.#lost();
  }

  #hear(message: MonitoringWire): void {
    if (message.id !== this.#id()) return; // the last words of a subscription that was changed
    this.#failures = 0;
    const previous = this.#state.pending ? null : this.#state.picture;
    this.#set({
      picture: mergeMessage(previous, message),
      pending: false,
      line: { connected: true, lostAtMs: null, heardAtMs: Date.now() },
    });
  }

  #ended({ id }: EndedWire, lost: () => void): void {
    if (id === undefined || id === this.#id()) lost();
  }

  /** Ends what is left of the connection and tries again later, with ever longer pauses and some chance in them. */
  #lost(): void {
    this.#drop();
    const { line } = this.#state;
    this.#set({ line: { ...line, connected: false, lostAtMs: line.lostAtMs ?? Date.now() } });
    const pauseMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = setTimeout(() => void this.#connect(), pauseMs * (0.5 + Math.random() / 2));
  }

  #drop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    const socket = this.#socket;
    this.#socket = null; // before disconnecting: its own event is then no news
    socket?.disconnect();
  }

  #renewLater(socket: Wire, lifetimeMs: number): void {
    clearTimeout(this.#renewal);
    const inMs = Math.max(LEAST_RENEWAL_MS, lifetimeMs - RENEW_AHEAD_MS);
    this.#renewal = setTimeout(() => void this.#renew(socket), inMs);
  }

  async #renew(socket: Wire): Promise<void> {
    const answer = await fetchSocketToken(this.#environment, this.#abort.signal);
    if (this.#abort.signal.aborted || socket !== this.#socket) return;
    if (answer.kind === "signed_out" || answer.kind === "denied") {
      this.#drop();
      return this.#set({ problem: answer.kind });
    }
    if (answer.kind === "unavailable") return this.#renewLater(socket, RENEW_AHEAD_MS); // the old one still holds
    const { token, lifetimeMs } = answer.token;
    const ack = await acknowledged((done) => socket.emit("refresh_token", { token }, done));
    if (socket !== this.#socket) return;
    if (ack.ok) this.#renewLater(socket, lifetimeMs);
    else this.#lost();
  }

  #id(): string {
    return `monitoring-${this.#subscriptions}`;
  }

  #set(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    if (!this.#abort.signal.aborted) this.#onChange(this.#state);
  }
}

export const INITIAL_STATE: LiveState = {
  line: { connected: false, lostAtMs: null, heardAtMs: null },
  picture: null,
  pending: false,
  problem: null,
};

/** Resolves with the acknowledgement, or with `unavailable` when none comes. */
function acknowledged(emit: (ack: (answer: AckWire) => void) => void): Promise<AckWire> {
  return new Promise((resolve) => {
    const messages = [`no answer within ${ACK_TIMEOUT_MS} ms`];
    const timer = setTimeout(() => resolve({ ok: false, error: { type: "unavailable", messages } }), ACK_TIMEOUT_MS);
    emit((answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}
