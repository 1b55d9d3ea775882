import { STATUS_CODES } from "node:http";
import type { OpenAPIV3_1 } from "openapi-types";
import { API_ERRORS, type ErrorWire } from "../../domain/errors.ts";

type ErrorType = ErrorWire["error"]["type"];

const STATUS_OF: Readonly<Record<ErrorType, number>> = { ...API_ERRORS, internal_error: 500 };
const TYPES = Object.keys(STATUS_OF) as ErrorType[];

/** When each type is answered, for people. */
const WHEN: Readonly<Record<ErrorType, string>> = {
  invalid_parameters: "A parameter or the body is wrong; each message names what",
  unauthorized: "No access token, or one that is unknown, wrong or revoked",
  forbidden: "The access token lacks the permission",
  not_found: "There is no such thing in this environment",
  gone: "It was there and is over",
  payload_too_large: "The body is larger than 1 MiB",
  unsupported_media_type: "The body is not JSON",
  idempotency_key_reused: "The `Idempotency-Key` belongs to another request of the last 24 hours",
  statement_too_costly: "The SQL needs more time, memory or answer than a statement may have",
  limit_reached: "The environment has as many of these as it may: delete some first",
  rate_limited:
    "Too many requests of this caller, or too much of its environment under way; `Retry-After` says when to come again",
  headers_too_large: "The request's URL and headers are larger than 64 KiB",
  internal_error: "A fault of ours, logged under the request's id",
  unavailable: "A store cannot be reached just now; `Retry-After` says when to come again",
};

const typesOf = (status: number): ErrorType[] => TYPES.filter((type) => STATUS_OF[type] === status);

const number = (description: string, example: number): OpenAPIV3_1.HeaderObject => ({
  description,
  schema: { type: "integer", minimum: 0 },
  example,
});

const HEADERS = {
  "X-Request-Id": {
    description: "Names the request in our logs; yours if you sent one",
    schema: { type: "string", pattern: "^[A-Za-z0-9_.:-]{1,128}$" },
    example: "5c1b7a0e-9a55-4d1f-8a1c-0d9b1f0a7c11",
  },
  "X-RateLimit-Limit": number("Requests that may come at once", 200),
  "X-RateLimit-Remaining": number("Requests left just now", 199),
  "X-RateLimit-Reset": number("Seconds until all of them are there again", 1),
  "Idempotent-Replayed": {
    description: "true: the answer is that of the first request under this key",
    schema: { type: "string", enum: ["true"] },
    example: "true",
  },
  "Retry-After": number("Seconds to wait", 1),
  "X-Row-Count": number("Of CSV alone: rows in this answer", 2),
  "X-Truncated": {
    description: "Of CSV alone: whether there are more rows, which are left out",
    schema: { type: "string", enum: ["true", "false"] },
    example: "false",
  },
} satisfies Record<string, OpenAPIV3_1.HeaderObject>;

export type HeaderName = keyof typeof HEADERS;

/** Of answers to callers whose requests are counted. */
export const RATE_HEADERS = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"] as const;

/** Of answers in CSV, which have no other place for these. */
export const CSV_HEADERS = ["X-Row-Count", "X-Truncated"] as const;

/** References to headers by name. */
export function headers(...names: readonly HeaderName[]): Record<string, OpenAPIV3_1.ReferenceObject> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** `#/components/responses/…` of a status, or null where there is no such error. */
export function errorReference(status: number): OpenAPIV3_1.ReferenceObject | null {
  return typesOf(status).length > 0 ? { $ref: `#/components/responses/${nameOf(status)}` } : null;
}

function nameOf(status: number): string {
  return (STATUS_CODES[status] ?? `Status${status}`).replaceAll(/[^A-Za-z]/g, "");
}

/** One example for each type of the status, each with when it is answered. */
function errorResponse(status: number): OpenAPIV3_1.ResponseObject {
  const isLetIn = status === 429;
  const comesAgain = status === 429 || status === 503;
  const types = typesOf(status);
  const [only] = types;
  return {
    description:
      types.length === 1 && only !== undefined
        ? WHEN[only]
        : "The request can be read but not be done as it stands; the type says why",
    headers: headers(
      "X-Request-Id",
      ...(isLetIn ? RATE_HEADERS : []),
      ...(comesAgain ? (["Retry-After"] as const) : []),
    ),
    content: {
      "application/json": {
        schema: { $ref: "#/components/schemas/Error" },
        examples: Object.fromEntries(types.map((type) => [type, exampleOf(type)])),
      },
    },
  };
}

function exampleOf(type: ErrorType): OpenAPIV3_1.ExampleObject {
  return { summary: WHEN[type], value: { error: { type, messages: [WHEN[type].replaceAll("`", "")] } } };
}

const ErrorSchema: OpenAPIV3_1.SchemaObject = {
  type: "object",
  description: "Body of every failed answer",
  properties: {
    error: {
      type: "object",
      properties: {
        type: { type: "string", enum: TYPES, description: "What went wrong, for programs" },
        messages: { type: "array", items: { type: "string" }, description: "What went wrong, in sentences for people" },
      },
      required: ["type", "messages"],
      additionalProperties: false,
    },
  },
  required: ["error"],
  additionalProperties: false,
};

/** What operations of the document refer to. */
export const COMPONENTS: OpenAPIV3_1.ComponentsObject = {
  securitySchemes: {
    accessToken: {
      type: "http",
      scheme: "basic",
      description: "An access token: its id as user, its secret as password. It belongs to one environment.",
    },
    session: {
      type: "http",
      scheme: "bearer",
      description:
        "A person's session, as the dashboard uses it; the header `X-Playhead-Environment` then names the environment.",
    },
  },
  parameters: {
    "Idempotency-Key": {
      in: "header",
      name: "Idempotency-Key",
      required: false,
      description:
        "Makes the call safe to repeat: for 24 hours the same key with the same body gives the first answer again; with another body it is refused with 422",
      schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
      example: "5c1b7a0e-9a55-4d1f-8a1c-0d9b1f0a7c11",
    },
  },
  headers: HEADERS,
  responses: Object.fromEntries(
    [...new Set(Object.values(STATUS_OF))].map((status) => [nameOf(status), errorResponse(status)]),
  ),
  schemas: { Error: ErrorSchema },
};
