import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { OpenAPIV3_1 } from "openapi-types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BODY_EXAMPLES } from "../openapi/body-examples.ts";
import { CSV_HEADERS } from "../openapi/components.ts";
import { type ApiWorld, startApiWorld } from "./api-world.ts";
import { type ListedOperation, listedOperations } from "./listed-operations.ts";
import { startTestServer, TEST_START_MS } from "./test-server.ts";
import { caller } from "./video.ts";

const JSON_TYPE = "application/json";

/** Operations of things that nothing makes yet: asked all the same, and refused as documented. */
const NOTHING_THERE: Readonly<Record<string, number>> = {
  "GET /data/v1/incidents/{incident_id}": 404,
  "GET /data/v1/incidents/{incident_id}/related": 404,
  "GET /video/v1/drm-configurations/{drm_configuration_id}": 404,
};
/** Values that depend on the clock. */
const NOW: Readonly<Record<string, unknown>> = { timestamp: TEST_START_MS / 1_000 - 600 };
/** Parameters whose values only an answer before can give. */
const OPAQUE = new Set(["cursor"]);
/** Parameters that mean something only together. */
const PAIRS: Readonly<Record<string, string>> = { dimension: "value", value: "dimension" };
/** First what reads, last what deletes, and what lies deeper before what holds it. */
const ORDER = ["GET", "POST", "PATCH", "PUT", "DELETE"];

const document = await readDocument();
const operations = listedOperations(document).sort(
  (a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method) || b.path.length - a.path.length,
);
const isAllowed = createValidators(document);
const key = ({ method, path }: ListedOperation) => `${method} ${path}`;

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.server.stop());

describe.each(operations.map((operation) => [key(operation), operation] as const))("%s", (_name, operation) => {
  it("answers as its schema says", async () => {
    await expectAnswer(operation, urlOf(operation));
  });

  it.each(otherTypesOf(operation))("answers %s to who asks for it", async (type) => {
    await expectAnswer(operation, urlOf(operation), type);
  });

  const optional = parametersOf(operation).filter(
    (parameter) => parameter.in === "query" && parameter.required !== true && !OPAQUE.has(parameter.name),
  );
  if (operation.method === "GET" && optional.length > 0)
    it.each(optional.map((parameter) => [parameter.name, parameter] as const))(
      "takes the example of %s",
      async (_, parameter) => {
        const pair = optional.filter(({ name }) => name === PAIRS[parameter.name]);
        await expectAnswer(operation, urlOf(operation, [parameter, ...pair]));
      },
    );
});

async function expectAnswer(listed: ListedOperation, url: string, accept = JSON_TYPE): Promise<void> {
  const { method, operation } = listed;
  const ask = caller(world.server, world.tokens.full, { accept });
  const answer = await ask(method as "GET", url, BODY_EXAMPLES[key(listed)]);
  const { statusCode, headers, body } = answer;
  const good = Object.keys(operation.responses ?? {})
    .filter((status) => status.startsWith("2"))
    .map(Number);
  expect([NOTHING_THERE[key(listed)] ?? good].flat(), `${url} answered ${statusCode}: ${body.slice(0, 500)}`).toContain(
    statusCode,
  );

  const response = resolved<OpenAPIV3_1.ResponseObject>(operation.responses?.[statusCode]);
  const notHere = ["Retry-After", "Idempotent-Replayed", ...(accept === "text/csv" ? [] : CSV_HEADERS)];
  for (const header of Object.keys(response?.headers ?? {}))
    if (!notHere.includes(header)) expect(headers).toHaveProperty(header.toLowerCase());
  if (response?.content === undefined) return expect(body).toBe("");
  const type = String(headers["content-type"]).split(";")[0] ?? "";
  expect(Object.keys(response.content)).toContain(type);
  if (accept !== JSON_TYPE) expect(type).toBe(accept);
  if (type !== JSON_TYPE) return;
  const isValid = isAllowed(listed, statusCode);
  expect(isValid(answer.json()) ? [] : isValid.errors, body.slice(0, 500)).toEqual([]);
}

/** What good answers may be besides JSON. */
function otherTypesOf({ operation }: ListedOperation): string[] {
  const answers = Object.entries(operation.responses ?? {}).filter(([status]) => status.startsWith("2"));
  const types = answers.flatMap(([, answer]) => Object.keys(("content" in answer && answer.content) || {}));
  return types.filter((type) => type !== JSON_TYPE);
}

function urlOf(listed: ListedOperation, also: readonly OpenAPIV3_1.ParameterObject[] = []): string {
  const path = listed.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const example = parametersOf(listed).find((parameter) => parameter.name === name)?.example;
    return encodeURIComponent(world.ids[name] || String(example));
  });
  const required = parametersOf(listed).filter((parameter) => parameter.in === "query" && parameter.required === true);
  const query = [...new Set([...required, ...also])].flatMap((parameter) =>
    [exampleOf(parameter)]
      .flat()
      .map((value) => `${encodeURIComponent(parameter.name)}=${encodeURIComponent(String(value))}`),
  );
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

function parametersOf({ operation }: ListedOperation): OpenAPIV3_1.ParameterObject[] {
  return (operation.parameters ?? []).flatMap((parameter) => ("$ref" in parameter ? [] : [parameter]));
}

function exampleOf({ name, example, schema }: OpenAPIV3_1.ParameterObject): unknown {
  const { enum: values, default: value } = (schema ?? {}) as OpenAPIV3_1.SchemaObject;
  return (world.ids[name] || undefined) ?? NOW[name] ?? example ?? values?.[0] ?? value;
}

function resolved<T extends object>(part: T | OpenAPIV3_1.ReferenceObject | undefined): T | undefined {
  if (part === undefined || !("$ref" in part)) return part;
  const steps = part.$ref.slice(2).split("/");
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document) as T;
}

async function readDocument(): Promise<OpenAPIV3_1.Document> {
  const server = await startTestServer({ databaseUrl: "postgres://nobody@127.0.0.1:1/none" });
  const answer = await server.app.inject({ url: "/docs/openapi.json" });
  await server.stop();
  return answer.json();
}

/** Validators by the JSON Schema of an answer, formats included. */
function createValidators(whole: OpenAPIV3_1.Document) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "https://api.example.com/document", ...whole });
  return ({ operation }: ListedOperation, status: number): ValidateFunction => {
    const response = resolved<OpenAPIV3_1.ResponseObject>(operation.responses?.[status]);
    const schema = response?.content?.["application/json"]?.schema ?? {};
    return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"https://api.example.com/document#/')));
  };
}
