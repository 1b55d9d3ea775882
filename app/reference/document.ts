import { z } from "zod";

/** A JSON Schema, of which the page reads only what it shows. */
export interface Schema {
  [keyword: string]: unknown;
}
const SchemaWire = z.record(z.string(), z.unknown());

const ReferenceWire = z.object({ $ref: z.string() });
const orReference = <T extends z.ZodType>(shape: T) => z.union([ReferenceWire, shape]);

const ParameterWire = z.object({
  in: z.enum(["path", "query", "header", "cookie"]),
  name: z.string(),
  description: z.string().default(""),
  required: z.boolean().default(false),
  schema: SchemaWire.default({}),
  example: z.unknown().optional(),
});
export type Parameter = z.output<typeof ParameterWire>;

const MediaWire = z.object({
  schema: SchemaWire.default({}),
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.object({ summary: z.string().default("") })).default({}),
});
const ContentWire = z.record(z.string(), MediaWire).default({});

const ResponseWire = z.object({ description: z.string(), content: ContentWire });
export type Response = z.output<typeof ResponseWire>;

const OperationWire = z.object({
  operationId: z.string(),
  summary: z.string(),
  description: z.string().default(""),
  tags: z.array(z.string()).default([]),
  deprecated: z.boolean().default(false),
  parameters: z.array(orReference(ParameterWire)).default([]),
  requestBody: z.object({ content: ContentWire }).optional(),
  responses: z.record(z.string(), orReference(ResponseWire)),
  "x-permission": z.string().optional(),
  "x-mux-node": z.string().optional(),
});
export type Operation = z.output<typeof OperationWire>;

/** What the reference page reads of the server's OpenAPI document. */
export const DocumentWire = z.object({
  info: z.object({ description: z.string().default("") }),
  servers: z.array(z.object({ url: z.string() })).min(1),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), OperationWire)),
  components: z.object({
    parameters: z.record(z.string(), ParameterWire).default({}),
    responses: z.record(z.string(), ResponseWire).default({}),
    schemas: z.record(z.string(), SchemaWire).default({}),
  }),
});
export type ApiDocument = z.output<typeof DocumentWire>;
