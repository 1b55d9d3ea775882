import { describe, expect, it } from "vitest";
import { type ApiDocument, DocumentWire } from "./document.ts";
import { exampleAnswer } from "./example-answer.ts";
import { fieldsOf, typeOf } from "./fields.ts";
import { groupsOf, type OperationView, refusalsOf } from "./groups.ts";
import { curlLines, nodeLines } from "./requests.ts";

const timeframe = { in: "query", name: "timeframe[]", schema: { type: "array" }, example: ["7:days"] };
const id = (name: string, example: string) => ({
  in: "path",
  name,
  required: true,
  schema: { type: "string" },
  example,
});
const VIEWS = { type: "object", properties: { views: { type: "number" } } };
const document: ApiDocument = DocumentWire.parse({
  info: {},
  servers: [{ url: "https://api.example.com" }],
  tags: [
    { name: "Nothing", description: "has no operations" },
    { name: "Video views", description: "plays" },
  ],
  paths: {
    "/data/v1/metrics/{metric_id}/overall": {
      get: {
        operationId: "getOverall",
        summary: "One number",
        tags: ["Video views"],
        "x-permission": "data:read",
        "x-mux-node": "data.metrics.getOverallValues",
        parameters: [id("metric_id", "views"), timeframe, { $ref: "#/components/parameters/Key" }],
        responses: {
          200: { description: "OK", content: { "application/json": { schema: VIEWS } } },
          404: { $ref: "#/components/responses/NotFound" },
        },
      },
    },
    "/data/v1/query": {
      post: {
        operationId: "runQuery",
        summary: "Ask",
        tags: ["Video views"],
        requestBody: { content: { "application/json": { example: { metrics: [{ id: "views" }] } } } },
        responses: { 200: { description: "OK", content: { "application/json": { example: { data: [7] } } } } },
      },
    },
  },
  components: {
    parameters: { Key: { in: "header", name: "Idempotency-Key" } },
    responses: {
      NotFound: {
        description: "not there",
        content: { "application/json": { examples: { not_found: { summary: "no such" } } } },
      },
      Unprocessable: {
        description: "no",
        content: { "application/json": { examples: { a: { summary: "A" }, b: {} } } },
      },
    },
  },
});
const [group] = groupsOf(document);
const [overall, query] = (group?.operations ?? []) as [OperationView, OperationView];

describe("groups", () => {
  it("hold operations with what they refer to; those without any are left out", () => {
    expect(groupsOf(document).map(({ slug }) => slug)).toEqual(["video-views"]);
    expect(overall.parameters.map(({ name }) => name)).toEqual(["metric_id", "timeframe[]", "Idempotency-Key"]);
    expect(overall.refusals).toEqual([{ status: "404", description: "not there" }]);
    expect([overall.permission, query.permission]).toEqual(["data:read", null]);
  });
});

describe("answers", () => {
  it("show the document's example, or one of their kind", () => {
    expect([query, overall].map(({ answers }) => answers[0]?.example)).toEqual([{ data: [7] }, { views: 1_204 }]);
  });
});

describe("refusals", () => {
  it("are all types of all statuses", () => {
    expect(refusalsOf(document)).toEqual([
      { type: "not_found", description: "no such" },
      { type: "a", description: "A" },
      { type: "b", description: "" },
    ]);
  });
});

describe("requests", () => {
  it("with curl", () => {
    expect(curlLines(overall, "https://api.example.com")).toEqual([
      'curl -G -u "$MUX_TOKEN_ID:$MUX_TOKEN_SECRET" \\',
      "  https://api.example.com/data/v1/metrics/views/overall \\",
      '  --data-urlencode "timeframe[]=7:days"',
    ]);
    expect(curlLines(query, "https://api.example.com").at(-1)).toBe(`  -d '{"metrics":[{"id":"views"}]}'`);
  });

  it("with the SDK's own method, or plainly where it has none", () => {
    expect(nodeLines(overall).join("\n")).toBe(
      'const answer = await mux.data.metrics.getOverallValues("views", {\n  timeframe: ["7:days"],\n});',
    );
    expect(nodeLines(query).join("\n")).toBe(
      'const answer = await mux.post("/data/v1/query", {\n  body: { metrics: [{ id: "views" }] },\n});',
    );
  });
});

describe("fields", () => {
  const row = {
    type: "object",
    required: ["views"],
    properties: { views: { type: "number" }, field: { type: ["string", "null"], description: "name" } },
  };

  it("are those of objects in lists too", () => {
    const [data] = fieldsOf({ type: "object", properties: { data: { type: "array", items: row } } });
    expect(data).toMatchObject({
      type: "list of object",
      fields: [{ name: "views", isRequired: true }, { name: "field" }],
    });
  });

  it.each([
    [{ type: ["string", "null"] }, "string or null"],
    [{ anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] }, "ISO 8601 time or null"],
    [{ type: "array", prefixItems: [{ type: "number" }, { type: "string" }] }, "[number, string]"],
    [{ const: "asset" }, "asset"],
    [{}, "anything"],
  ])("%j is %s", (schema, type) => {
    expect(typeOf(schema)).toBe(type);
  });

  it("have an example", () => {
    expect(exampleAnswer({ type: "object", properties: { data: { type: "array", items: row } } })).toEqual({
      data: [{ views: 1_204, field: "US" }],
    });
  });
});
