import { z } from "zod";

/**
 * The objects of OpenAPI 3.1 as its specification defines them (https://spec.openapis.org/oas/v3.1.1, §4.8), as far as our
 * document uses them; strict, so that a misspelt field is seen. JSON Schemas are left to a validator of those.
 */
const extensions = /^x-/;

/** A strict object that may hold `x-…` fields too. */
function fixed<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.looseObject(shape).refine((value) => unknownKeys(value, shape).length === 0, {
    error: ({ input }) => `has fields that OpenAPI does not know: ${unknownKeys(input as object, shape).join(", ")}`,
  });
}

function unknownKeys(value: object, shape: object): string[] {
  return Object.keys(value).filter((key) => !(key in shape) && !extensions.test(key));
}

const text = z.string().min(1);
const JsonSchema = z.union([z.boolean(), z.record(z.string(), z.unknown())]);
const Reference = z.strictObject({ $ref: z.string().regex(/^#\/components\/[A-Za-z]+\/[A-Za-z0-9._-]+$/) });
const orReference = <T extends z.ZodType>(shape: T) => z.union([Reference, shape]);

const Example = fixed({ summary: text.optional(), description: text.optional(), value: z.unknown().optional() });
const MediaType = fixed({
  schema: JsonSchema.optional(),
  example: z.unknown().optional(),
  examples: z.record(z.string(), orReference(Example)).optional(),
}).refine((media) => !("example" in media && "examples" in media), "example and examples exclude each other");
const Content = z.record(z.string().regex(/^[\w.+*-]+\/[\w.+*-]+$/), MediaType);

const Header = fixed({
  description: text.optional(),
  required: z.boolean().optional(),
  deprecated: z.boolean().optional(),
  style: z.literal("simple").optional(),
  explode: z.boolean().optional(),
  schema: JsonSchema,
  example: z.unknown().optional(),
});

const STYLES: Readonly<Record<string, readonly string[]>> = {
  path: ["matrix", "label", "simple"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form"],
};
const Parameter = fixed({
  name: text,
  in: z.enum(["path", "query", "header", "cookie"]),
  description: text.optional(),
  required: z.boolean().optional(),
  deprecated: z.boolean().optional(),
  allowEmptyValue: z.boolean().optional(),
  style: z.string().optional(),
  explode: z.boolean().optional(),
  allowReserved: z.boolean().optional(),
  schema: JsonSchema,
  example: z.unknown().optional(),
  examples: z.record(z.string(), orReference(Example)).optional(),
})
  .refine((parameter) => parameter.in !== "path" || parameter.required === true, "a part of the path is required")
  .refine(({ in: place, style }) => style === undefined || STYLES[place]?.includes(style), "no style of that place")
  .refine(
    ({ in: place, name }) => place !== "header" || !/^(accept|content-type|authorization)$/i.test(name),
    "these headers are described elsewhere",
  )
  .refine(
    (parameter) => !("example" in parameter && "examples" in parameter),
    "example and examples exclude each other",
  );

const Response = fixed({
  description: z.string(),
  headers: z.record(z.string(), orReference(Header)).optional(),
  content: Content.optional(),
});

const Security = z.array(z.record(z.string(), z.array(z.string())));

const Operation = fixed({
  operationId: z.string().regex(/^[a-z][A-Za-z0-9]+$/),
  summary: text,
  description: text.optional(),
  tags: z.array(text).length(1),
  parameters: z.array(orReference(Parameter)).optional(),
  requestBody: fixed({ description: text.optional(), required: z.boolean().optional(), content: Content }).optional(),
  responses: z.record(z.string().regex(/^([1-5]\d\d|[1-5]XX|default)$/), orReference(Response)),
  deprecated: z.boolean().optional(),
  security: Security,
}).refine(({ responses }) => Object.keys(responses).some((status) => status.startsWith("2")), "has no good answer");

const Scheme = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("http"), scheme: z.enum(["basic", "bearer"]), description: text }),
  z.strictObject({ type: z.literal("apiKey"), in: z.enum(["query", "header"]), name: text, description: text }),
]);

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

export const OpenApiShape = fixed({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: fixed({ title: text, version: text, summary: text.optional(), description: text.optional() }),
  servers: z.array(fixed({ url: z.url(), description: text.optional() })).min(1),
  tags: z.array(fixed({ name: text, description: text })),
  paths: z.record(
    z.string().startsWith("/"),
    z.strictObject(Object.fromEntries(METHODS.map((method) => [method, Operation.optional()]))),
  ),
  components: fixed({
    schemas: z.record(z.string(), JsonSchema).optional(),
    responses: z.record(z.string(), orReference(Response)).optional(),
    parameters: z.record(z.string(), orReference(Parameter)).optional(),
    headers: z.record(z.string(), orReference(Header)).optional(),
    securitySchemes: z.record(z.string(), Scheme).optional(),
  }),
});
