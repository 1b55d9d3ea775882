import { listenForChanges } from "../../platform/postgres/listen.ts";
import { EventFeed } from "./event-feed.ts";
import { type SenderOptions, WebhookSender } from "./webhook-sender.ts";
import type { WebhookTap } from "./webhook-tap.ts";

const CHANNEL = "webhook_events";

export interface WebhooksOptions extends SenderOptions {
  databaseUrl: string;
  tap: WebhookTap;
}

export interface Webhooks {
  /** Takes nothing any more, and notes what is under way. Streams are ended by their owner before. */
  stop(): Promise<void>;
}

/** Sends events to endpoints and tells them to open streams, as soon as they happen. */
export function startWebhooks({ databaseUrl, tap, ...options }: WebhooksOptions): Webhooks {
  const { db, log } = options;
  const sender = new WebhookSender(options);
  const feed = new EventFeed(db, tap, log);
  const subscription = listenForChanges({
    ...{ url: databaseUrl, applicationName: "playhead-webhooks", channel: CHANNEL, log },
    onChange: (payload) => {
      sender.wake();
      feed.hear(payload);
    },
  });
  return {
    stop: async () => {
      await subscription.close();
      await feed.stop();
      await sender.stop();
    },
  };
}
