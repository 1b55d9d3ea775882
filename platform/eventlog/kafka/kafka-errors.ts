import kafkajs, { type KafkaJSProtocolError } from "kafkajs";
import protocolErrors from "kafkajs/src/protocol/error.js";
import { LogUnavailableError } from "../eventlog.ts";

/** What waiting does not mend: somebody has to change rights, settings or versions. */
const FOR_GOOD = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
  "UNSUPPORTED_VERSION",
  "INVALID_TOPIC_EXCEPTION",
  "INVALID_GROUP_ID",
  "INVALID_SESSION_TIMEOUT",
  "INCONSISTENT_GROUP_PROTOCOL",
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_TIMESTAMP",
  "INVALID_RECORD",
  "POLICY_VIOLATION",
  "INVALID_CONFIG",
  "INVALID_REPLICATION_FACTOR",
  "FENCED_INSTANCE_ID",
]);
/** Classes of kafkajs that carry no type. */
const FOR_GOOD_NAMES = new Set([
  "KafkaJSSASLAuthenticationError",
  "KafkaJSServerDoesNotSupportApiKey",
  "KafkaJSNotImplemented",
]);

/** The broker's word for what went wrong, or "" where none was given; looks through kafkajs' wrappers. */
export function errorType(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    if ("type" in at && typeof at.type === "string") return at.type;
  }
  return "";
}

/** True when the same request may succeed later. Errors that are not from kafkajs are bugs, and for good. */
export function isRetriable(error: unknown): boolean {
  if (error instanceof LogUnavailableError) return true;
  if (!(error instanceof kafkajs.KafkaJSError)) return false; // Node sees no named export of the error classes
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    if (FOR_GOOD_NAMES.has(at.name) || at instanceof TypeError) return false;
  }
  return !FOR_GOOD.has(errorType(error));
}

/** As callers of the event log expect it: what may be tried again is a LogUnavailableError. */
export function asLogError(message: string, error: unknown): unknown {
  if (error instanceof LogUnavailableError || !isRetriable(error)) return error;
  return new LogUnavailableError(`${message}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}

export const errorFromCode = (code: number): KafkaJSProtocolError => protocolErrors.createErrorFromCode(code);
