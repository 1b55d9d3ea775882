import { Ajv2020 } from "ajv/dist/2020.js";
import type { OpenAPIV3_1 } from "openapi-types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_ERRORS } from "../../domain/errors.ts";
import { type ListedOperation, listedOperations } from "../testing/listed-operations.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { ANSWER_EXAMPLES } from "./answer-examples.ts";
import { OpenApiShape } from "./testing/openapi-shape.ts";

/** Routes that are no part of the public API: the dashboard's own, and URLs that are asked without a token. */
const PRIVATE = [
  ...[/^\/dashboard\/v1\//, /^\/uploads\/:token$/, /^\/exports\//, /^\/:playback\(/, /^\/docs\//],
  // second names, and what is answered only to say that it is not offered
  ...[/^\/robots\//, /^\/video\/v1\/signing-keys/, /^\/video\/v1\/web-inputs/, /^\/video\/v1\/live-streams\/:/],
];
/** The same of a route whose path is public by another method. */
const NOT_OFFERED = "POST /video/v1/live-streams";

let server: TestServer;
let document: OpenAPIV3_1.Document;
let operations: ListedOperation[];

beforeAll(async () => {
  server = await startTestServer({ databaseUrl: "postgres://nobody@127.0.0.1:1/none" });
  document = (await server.app.inject({ url: "/docs/openapi.json" })).json();
  operations = listedOperations(document);
});
afterAll(() => server.stop());

const named = ({ method, path }: ListedOperation) => `${method} ${path}`;
const parametersOf = ({ operation }: ListedOperation) =>
  (operation.parameters ?? []).flatMap((parameter) => ("$ref" in parameter ? [] : [parameter]));
/** Names what `isWrong` holds of, so that a failure tells where. */
const wrong = (isWrong: (operation: ListedOperation) => boolean) => operations.filter(isWrong).map(named);

describe("/docs/openapi.json", () => {
  it("has the shape that OpenAPI 3.1 asks for, and nothing it does not know", () => {
    const problems = OpenApiShape.safeParse(document).error?.issues ?? [];
    expect(problems.map(({ path, message }) => `${path.join(" ")}: ${message}`)).toEqual([]);
  });

  it("holds every route but the private ones", () => {
    const routes = server.routes
      .filter(({ url }) => !PRIVATE.some((pattern) => pattern.test(url)))
      .flatMap(({ method, url }) => [method].flat().map((one) => `${one} ${url.replaceAll(/:(\w+)/g, "{$1}")}`))
      .filter((route) => !route.startsWith("HEAD ") && route !== NOT_OFFERED);
    expect(operations.map(named).sort()).toEqual(routes.sort());
  });

  it("refers to nothing that is not there", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? "");
    const missing = references.filter((path) => path.split("/").reduce<unknown>(member, document) === undefined);
    expect([references.length > 0, missing]).toEqual([true, []]);
  });

  it("names every operation once, and describes every group, in order", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const described = document.tags?.map(({ name }) => name) ?? [];
    expect(wrong(({ operation }) => !described.includes(operation.tags?.[0] ?? ""))).toEqual([]);
    expect(described.filter((name, at) => described.indexOf(name) !== at)).toEqual([]);
  });

  it("lists exactly the parts of each path as its path parameters, and no parameter twice", () => {
    const differs = (operation: ListedOperation) => {
      const parts = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const listed = parametersOf(operation).filter((parameter) => parameter.in === "path");
      return (
        parts.sort().join() !==
        listed
          .map(({ name }) => name)
          .sort()
          .join()
      );
    };
    expect(wrong(differs)).toEqual([]);
    const keys = (operation: ListedOperation) =>
      parametersOf(operation).map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(wrong((operation) => new Set(keys(operation)).size !== keys(operation).length)).toEqual([]);
  });

  it("says of every parameter what it is, with a value that may be given", () => {
    const silent = operations.flatMap((operation) =>
      parametersOf(operation)
        .filter(({ description }) => description === undefined)
        .map(({ name }) => `${named(operation)}: ${name}`),
    );
    expect(silent).toEqual([]);
    const without = operations.flatMap((operation) =>
      parametersOf(operation)
        .filter((parameter) => !hasExample(parameter))
        .map(({ name }) => `${named(operation)}: ${name}`),
    );
    expect(without).toEqual([]);
  });

  it("writes lists in queries as name[]=a&name[]=b", () => {
    const lists = operations
      .flatMap(parametersOf)
      .filter(
        ({ in: place, schema }) =>
          place === "query" && schema !== undefined && "type" in schema && schema.type === "array",
      );
    expect(lists.length).toBeGreaterThan(0);
    for (const { name, style, explode } of lists)
      expect([name, style, explode]).toEqual([expect.stringMatching(/^\w+\[\]$/), "form", true]);
  });

  it("holds JSON Schemas that compile, and examples that they accept", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: "https://api.example.com/document", ...document });
    const problems = operations.flatMap((operation) =>
      parametersOf(operation).flatMap(({ name, schema, example }) => {
        const isValid = ajv.compile(schema ?? {});
        return example === undefined || isValid(example) ? [] : [`${named(operation)}: ${name}`];
      }),
    );
    expect(problems).toEqual([]);
    const bodies = operations.flatMap(({ operation }) => [
      operation.requestBody,
      ...Object.values(operation.responses ?? {}),
    ]);
    for (const body of bodies)
      if (body !== undefined && "content" in body)
        for (const { schema } of Object.values(body.content ?? {}))
          if (schema !== undefined) ajv.compile(absolute(schema));
  });

  it("shows for every body one that its schema accepts", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const refused = (listed: ListedOperation) => {
      const { requestBody } = listed.operation;
      if (requestBody === undefined || "$ref" in requestBody) return false;
      const { schema, example } = requestBody.content["application/json"] ?? {};
      return schema === undefined || !ajv.validate(schema, example);
    };
    expect(wrong(refused)).toEqual([]);
  });

  it("shows answers that their schemas accept", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const answers = operations.flatMap((listed) => {
      const answer = listed.operation.responses?.["200"];
      const media = answer !== undefined && "content" in answer ? answer.content?.["application/json"] : undefined;
      return media?.example === undefined ? [] : [{ listed, ...media }];
    });
    expect(answers.map(({ listed }) => named(listed))).toEqual(Object.keys(ANSWER_EXAMPLES));
    expect(answers.filter(({ schema, example }) => !ajv.validate(absolute(schema ?? {}), example))).toEqual([]);
  });

  it("tells of every guarded operation how to be let in, how often one may ask, and how it refuses", () => {
    const guarded = operations.filter(({ operation }) => operation["x-permission"] !== undefined);
    expect(guarded.length).toBeGreaterThan(10);
    for (const { operation } of guarded) {
      expect(operation.security).toEqual([{ accessToken: [] }, { session: [] }]);
      const { responses = {} } = operation;
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(["400", "401", "403", "404", "429", "500", "503"]));
      const answers = Object.entries(responses).filter(([status]) => status.startsWith("2"));
      for (const [, answer] of answers)
        expect(Object.keys(("headers" in answer && answer.headers) || {})).toEqual(
          expect.arrayContaining(["X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]),
        );
    }
  });

  it("takes an Idempotency-Key for every write but that of a secret", () => {
    const withoutKey = operations.filter(
      ({ method, operation }) =>
        method !== "GET" &&
        operation["x-permission"]?.endsWith(":write") &&
        !(operation.parameters ?? []).some((part) => "$ref" in part && part.$ref.endsWith("/Idempotency-Key")),
    );
    expect(withoutKey.map(named)).toEqual(["POST /system/v1/signing-keys"]);
  });

  it("shows each type of refusal once, under its status", () => {
    const shown = Object.values(document.components?.responses ?? {}).flatMap((response) =>
      Object.keys(("content" in response && response.content?.["application/json"]?.examples) || {}),
    );
    expect(shown.sort()).toEqual([...Object.keys(API_ERRORS), "internal_error"].sort());
  });

  it("describes what is special about each answer", () => {
    expect(JSON.stringify(document)).not.toContain("Default Response");
  });
});

function member(at: unknown, name: string): unknown {
  return typeof at === "object" && at !== null ? (at as Record<string, unknown>)[name] : undefined;
}

function hasExample({ schema, ...parameter }: OpenAPIV3_1.ParameterObject): boolean {
  if ("example" in parameter || "examples" in parameter) return true;
  const { enum: values, default: value } = (schema ?? {}) as OpenAPIV3_1.SchemaObject;
  return values !== undefined || value !== undefined;
}

/** References of a part are those of the whole document. */
function absolute<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"https://api.example.com/document#/')) as T;
}
