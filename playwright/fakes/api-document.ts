const row = {
  type: "object",
  required: ["field", "views"],
  properties: {
    field: { type: ["string", "null"], description: "null for views without a value" },
    views: { type: "number" },
  },
};

const refused = { $ref: "#/components/responses/NotFound" };

/** An OpenAPI document as the server's, with two groups and four operations. */
export const API_DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "Playhead API", version: "1.0.0" },
  servers: [{ url: "http://localhost:3001" }],
  tags: [
    { name: "Metrics", description: "One number for a range of time." },
    { name: "Annotations", description: "Notes at moments in time." },
  ],
  paths: {
    "/data/v1/metrics/{metric_id}/breakdown": {
      get: {
        operationId: "listDataMetricBreakdown",
        summary: "One number for every value of a dimension",
        tags: ["Metrics"],
        "x-permission": "data:read",
        "x-mux-node": "data.metrics.listBreakdownValues",
        parameters: [
          {
            in: "path",
            name: "metric_id",
            required: true,
            description: "Id of a metric",
            schema: { type: "string" },
            example: "views",
          },
          {
            in: "query",
            name: "timeframe[]",
            description: "A span such as `7:days`",
            schema: { type: "array", items: { type: "string" } },
            example: ["7:days"],
          },
          {
            in: "query",
            name: "order_by",
            description: "Order",
            schema: { type: "string", enum: ["value", "views"], default: "value" },
          },
        ],
        responses: {
          200: {
            description: "OK",
            content: {
              "application/json": { schema: { type: "object", properties: { data: { type: "array", items: row } } } },
            },
          },
          404: refused,
        },
      },
    },
    "/data/v1/annotations": {
      get: {
        operationId: "listDataAnnotations",
        summary: "List annotations",
        tags: ["Annotations"],
        responses: { 200: { description: "OK" } },
      },
      post: {
        operationId: "createDataAnnotation",
        summary: "Create an annotation",
        tags: ["Annotations"],
        "x-permission": "data:write",
        "x-mux-node": "data.annotations.create",
        requestBody: {
          content: {
            "application/json": {
              schema: { type: "object", required: ["note"], properties: { note: { type: "string" } } },
              example: { note: "Player 2.1 released" },
            },
          },
        },
        responses: { 201: { description: "Created" }, 404: refused },
      },
    },
    "/data/v1/annotations/{annotation_id}": {
      delete: {
        operationId: "deleteDataAnnotation",
        summary: "Delete an annotation",
        tags: ["Annotations"],
        deprecated: true,
        parameters: [
          {
            in: "path",
            name: "annotation_id",
            required: true,
            description: "Id",
            schema: { type: "string" },
            example: "7",
          },
        ],
        responses: { 204: { description: "No Content" } },
      },
    },
  },
  components: {
    responses: {
      NotFound: {
        description: "There is no such thing in this environment",
        content: { "application/json": { example: { error: { type: "not_found", messages: [] } } } },
      },
    },
  },
};
