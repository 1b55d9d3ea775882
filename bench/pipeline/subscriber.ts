import { io } from "socket.io-client";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { MonitoringWire, ServerToClient, SubscribeWire } from "../../domain/monitoring/socket-wire.ts";
import { MARKED } from "../latency/mark.ts";
import type { Stack } from "../stack/stack.ts";

const TOKEN_REFRESH_MS = 120_000;

/** What the Monitoring page asks for, and the marked views by title: a breakdown shows only its 20 busiest values. */
const SUBSCRIPTIONS: SubscribeWire[] = [
  { id: "dashboard", breakdowns: ["video_title", "country", "device_category", "cdn"] },
  { id: MARKED, filters: [{ dimension: "sub_property_id", values: [MARKED] }], breakdowns: ["video_title"] },
];

export interface Subscriber {
  /** Messages of the unfiltered subscription, and how old the picture was in each. */
  readonly delaysMs: number[];
  close(): void;
}

/** Looks at the environment's live picture as the dashboard does; tells every title of a marked view that it sees. */
export async function subscribe(
  stack: Stack,
  environmentId: EnvironmentId,
  onSeen: (title: string) => void,
): Promise<Subscriber> {
  const token = () => stack.socketToken(environmentId);
  const socket = io(`http://127.0.0.1:${stack.ports.socket}`, {
    transports: ["websocket"],
    auth: (give) => void token().then((value) => give({ token: value })),
  });
  const delaysMs: number[] = [];
  const take: ServerToClient["delta"] = (message: MonitoringWire) => {
    if (message.id === "dashboard") delaysMs.push(message.delay_ms);
    else for (const { value } of message.breakdowns.video_title ?? []) if (value !== null) onSeen(value);
  };
  socket.on("snapshot", take);
  socket.on("delta", take);
  socket.on("connect", () => {
    for (const subscription of SUBSCRIPTIONS) socket.emit("subscribe", subscription, () => undefined);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("snapshot", () => resolve());
    socket.once("connect_error", reject);
  });
  const refresh = setInterval(() => {
    void token().then((value) => socket.emit("refresh_token", { token: value }, () => undefined));
  }, TOKEN_REFRESH_MS);
  return {
    delaysMs,
    close: () => {
      clearInterval(refresh);
      socket.close();
    },
  };
}
