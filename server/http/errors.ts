import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { API_ERRORS, ApiError, type ErrorWire } from "../../domain/errors.ts";
import { ClickHouseError } from "../../platform/clickhouse/clickhouse.ts";
import { ObjectsUnavailableError } from "../../platform/objects/objects.ts";
import { PostgresUnavailable } from "../../platform/postgres/errors.ts";

const UNAVAILABLE_RETRY_SECONDS = 2;
/** The driver has tried again for some time before it says so. */
const OBJECTS_RETRY_SECONDS = 10;

/** The framework's own refusals of a request; each is the caller's mistake. */
const FRAMEWORK_ERRORS: ReadonlyMap<string, () => ApiError> = new Map([
  ["FST_ERR_CTP_BODY_TOO_LARGE", () => new ApiError("payload_too_large", ["The body is larger than 1 MiB"])],
  [
    "FST_ERR_CTP_INVALID_MEDIA_TYPE",
    () => new ApiError("unsupported_media_type", ["Send Content-Type: application/json"]),
  ],
  ["FST_ERR_CTP_INVALID_JSON_BODY", () => new ApiError("invalid_parameters", ["The body is not valid JSON"])],
  [
    "FST_ERR_CTP_INVALID_CONTENT_LENGTH",
    () => new ApiError("invalid_parameters", ["Content-Length does not fit the body"]),
  ],
  ["FST_ERR_BAD_URL", () => new ApiError("invalid_parameters", ["The URL is not valid"])],
]);

/** The one place where errors become answers. What is not the caller's is logged with its cause and says nothing outside. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = asApiError(error);
  if (refusal === null) {
    request.log.error({ err: error }, "request failed");
    reply
      .code(500)
      .send(wire("internal_error", ["Something went wrong on our side; it was logged with this request's id"]));
    return;
  }
  if (refusal.type === "unavailable") request.log.warn({ err: error }, "request not served now");
  if (refusal.retryAfterSeconds !== null) reply.header("retry-after", String(refusal.retryAfterSeconds));
  reply.code(API_ERRORS[refusal.type]).send(wire(refusal.type, refusal.messages));
}

/** Errors from before routing, such as a URL that cannot be decoded. Hooks have not run, so the id is set here. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.header("x-request-id", request.id).header("content-type", "application/json; charset=utf-8");
  answerError(error, request, reply);
}

function asApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error instanceof PostgresUnavailable) {
    return new ApiError("unavailable", ["The database cannot be reached just now"], {
      cause: error,
      retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
    });
  }
  if (error instanceof ObjectsUnavailableError) {
    return new ApiError("unavailable", ["The store of media cannot be reached just now"], {
      cause: error,
      retryAfterSeconds: OBJECTS_RETRY_SECONDS,
    });
  }
  if (error instanceof ClickHouseError && error.retriable) {
    return new ApiError("unavailable", ["The analytics store cannot answer just now"], {
      cause: error,
      retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
    });
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    return new ApiError(
      "invalid_parameters",
      error.validation.map(({ instancePath, message }) => sentence(instancePath, message)),
    );
  }
  return isFrameworkError(error) ? asRefusal(error) : null;
}

function isFrameworkError(error: unknown): error is FastifyError {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("FST_");
}

function asRefusal(error: FastifyError): ApiError | null {
  const known = FRAMEWORK_ERRORS.get(error.code);
  if (known !== undefined) return known();
  const isCallersMistake = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return isCallersMistake ? new ApiError("invalid_parameters", ["The request cannot be read"], { cause: error }) : null;
}

function sentence(path: string, message: string | undefined): string {
  const name = path.replace(/^\//, "").replaceAll("/", ".");
  return name === "" ? (message ?? "is not valid") : `${name}: ${message ?? "is not valid"}`;
}

function wire(type: ErrorWire["error"]["type"], messages: readonly string[]): ErrorWire {
  return { error: { type, messages } };
}
