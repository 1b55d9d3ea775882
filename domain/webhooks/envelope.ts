import { MAX_ATTEMPTS } from "./back-off.ts";

/** What happened, as it is told to endpoints and streams. */
export interface WebhookEvent {
  /** A UUID. */
  id: string;
  /** Such as `video.asset.ready`. */
  type: string;
  createdAt: Date;
  object: { type: string; id: string };
  environment: { id: string; name: string };
  /** The resource as the API gave it then. */
  data: object;
}

/** One try to send an event to an endpoint. */
export interface Attempt {
  /** A UUID. */
  id: string;
  /** Where it went. */
  address: string;
  /** Number of the endpoint. */
  webhookNumber: number;
  createdAt: Date;
  /** Null where nothing was answered. */
  statusCode: number | null;
  headers: Readonly<Record<string, string>>;
  /** The beginning of it; null where nothing was answered. */
  body: string | null;
}

/** What is sent of an event, and what streams show (reference video-api.md §7.5). `attempts` are those before this one. */
export function envelopeOf(
  { id, type, createdAt, object, environment, data }: WebhookEvent,
  attempts: readonly Attempt[],
) {
  return {
    type,
    id,
    created_at: createdAt.toISOString(),
    object: { type: object.type, id: object.id },
    environment: { name: environment.name, id: environment.id },
    data,
    attempts: attempts.map(attemptToWire),
  };
}

function attemptToWire({ id, address, webhookNumber, createdAt, statusCode, headers, body }: Attempt) {
  return {
    id,
    webhook_id: webhookNumber,
    address,
    created_at: createdAt.toISOString(),
    max_attempts: MAX_ATTEMPTS,
    ...(statusCode === null ? {} : { response_status_code: statusCode }),
    response_headers: headers,
    response_body: body,
  };
}
