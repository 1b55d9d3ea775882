import { STATUS_CODES } from "node:http";
import type { OpenAPIV3_1 } from "openapi-types";
import { ANSWER_EXAMPLES } from "./answer-examples.ts";
import { BODY_EXAMPLES } from "./body-examples.ts";
import { CSV_HEADERS, errorReference, type HeaderName, headers, RATE_HEADERS } from "./components.ts";
import { knownParameter } from "./known-parameters.ts";
import { operationId } from "./operation-id.ts";
import { sdkMethod } from "./sdk-methods.ts";

export type Operation = OpenAPIV3_1.OperationObject<{ "x-permission"?: string; "x-mux-node"?: string }>;
type Parameter = OpenAPIV3_1.ParameterObject;
type Responses = OpenAPIV3_1.ResponsesObject;

/** What a route whose body is read may answer besides what it names. */
const BODY_REFUSALS = [413, 415];

const IDEMPOTENCY_KEY = { $ref: "#/components/parameters/Idempotency-Key" };

/** An operation as routes describe it, with all that is the same for every one and said in one place. */
export function completeOperation(method: string, path: string, operation: Operation): Operation {
  const { parameters = [], responses = {}, requestBody, security, ...described } = operation;
  const isGuarded = security?.some((scheme) => "accessToken" in scheme) === true;
  const sdk = sdkMethod(method, path);
  const key = `${method.toUpperCase()} ${path}`;
  const isRepeatable = isGuarded && ["put", "patch", "delete"].includes(method);
  const takesKey = isRepeatable || parameters.some(isIdempotencyKey);
  const completed = parameters.map((parameter) =>
    "$ref" in parameter ? parameter : completeParameter(path, parameter),
  );
  if (isRepeatable) completed.push(IDEMPOTENCY_KEY); // http/repeatable-writes.ts
  return {
    operationId: operationId(method, path, isList(responses)),
    ...described,
    ...(sdk !== null && { "x-mux-node": sdk }),
    ...(isGuarded ? { security: [{ accessToken: [] }, { session: [] }] } : { security: security ?? [] }),
    ...(completed.length > 0 && { parameters: completed }),
    ...(requestBody !== undefined && { requestBody: completeBody(requestBody, key) }),
    responses: completeResponses(responses, {
      example: ANSWER_EXAMPLES[key],
      refusals: [...(requestBody !== undefined ? BODY_REFUSALS : []), ...(takesKey ? [422] : [])],
      headerNames: [
        "X-Request-Id",
        ...("429" in responses ? RATE_HEADERS : []),
        ...(takesKey ? (["Idempotent-Replayed"] as const) : []),
      ],
    }),
  };
}

type Body = NonNullable<Operation["requestBody"]>;

function completeBody(body: Body, key: string): Body {
  const json = "content" in body ? body.content["application/json"] : undefined;
  const example = BODY_EXAMPLES[key];
  if (json === undefined || example === undefined || "$ref" in body) return body;
  return { ...body, content: { ...body.content, "application/json": { ...json, example } } };
}

function completeParameter(path: string, parameter: Parameter): Parameter | OpenAPIV3_1.ReferenceObject {
  if (isIdempotencyKey(parameter)) return IDEMPOTENCY_KEY;
  const known = knownParameter(path, parameter.name);
  const schema = parameter.schema as OpenAPIV3_1.SchemaObject;
  return {
    ...(known?.description !== undefined && { description: known.description }),
    ...(known !== undefined && fits(known.example, schema) && { example: known.example }),
    ...parameter,
    ...(schema.type === "array" && { style: "form", explode: true }),
  };
}

function isIdempotencyKey(parameter: Parameter | OpenAPIV3_1.ReferenceObject): boolean {
  return "in" in parameter && parameter.in === "header" && parameter.name.toLowerCase() === "idempotency-key";
}

/** Names mean the same nearly everywhere; where a route takes other values, its own schema says which. */
function fits(example: unknown, schema: OpenAPIV3_1.SchemaObject): boolean {
  if (schema.enum !== undefined) return schema.enum.includes(example);
  if (schema.type === "array") return Array.isArray(example);
  if (schema.type === "integer" || schema.type === "number") return typeof example === "number";
  return schema.type !== "string" || typeof example === "string";
}

interface Completed {
  /** Of the good answer, as JSON. */
  example: object | undefined;
  refusals: readonly number[];
  headerNames: readonly HeaderName[];
}

function completeResponses(responses: Responses, { example, refusals, headerNames }: Completed): Responses {
  const statuses = [...Object.keys(responses).map(Number), 500, ...refusals];
  const ordered = [...new Set(statuses)].sort((a, b) => a - b);
  return Object.fromEntries(
    ordered.flatMap((status) => {
      const response =
        status >= 400 ? errorReference(status) : completeAnswer(status, responses[status], { example, headerNames });
      return response === null || response === undefined ? [] : [[String(status), response]];
    }),
  );
}

function completeAnswer(
  status: number,
  response: Responses[string] | undefined,
  { example, headerNames }: Omit<Completed, "refusals">,
): Responses[string] | undefined {
  if (response === undefined || "$ref" in response) return response;
  const { description, content, ...rest } = response;
  const json = content?.["application/json"];
  const shown = json !== undefined && example !== undefined && { "application/json": { ...json, example } };
  return {
    ...rest,
    description: description === "Default Response" ? (STATUS_CODES[status] ?? "Done") : description,
    headers: {
      ...headers(...headerNames, ...(content !== undefined && "text/csv" in content ? CSV_HEADERS : [])),
      ...rest.headers,
    },
    ...(content !== undefined && status !== 204 && { content: { ...content, ...shown } }),
  };
}

/** Whether `data` of the good answer is a list. */
function isList(responses: Responses): boolean {
  const answer = responses["200"];
  if (answer === undefined || "$ref" in answer) return false;
  const schema = answer.content?.["application/json"]?.schema;
  if (schema === undefined || "$ref" in schema) return false;
  const data = schema.properties?.["data"];
  return data !== undefined && "type" in data && data.type === "array";
}
