import fastifySwagger, { type SwaggerTransform } from "@fastify/swagger";
import type { onRequestHookHandler, RouteOptions } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import type { OpenAPIV3_1 } from "openapi-types";
import { permissionOf } from "../auth/route-permission.ts";
import type { App } from "../http/app.ts";
import { completeOperation, type Operation } from "./complete-operation.ts";
import { COMPONENTS } from "./components.ts";
import { TAGS } from "./tags.ts";

type Document = Partial<OpenAPIV3_1.Document>;

const ABOUT = `Video and playback analytics of one environment. Every call carries an access token, which belongs to that environment;
ids of other environments do not exist for it.

Lists in queries are written with brackets, \`filters[]=country:US&filters[]=cdn:fastly\`. Times are ISO 8601 in UTC or Unix
seconds, as each parameter and field says. Lists go on page by page; a page behind the last is empty.`;

/** Serves the OpenAPI 3.1 document of all routes that are not hidden, made from what validates and serialises them. */
export async function describeApi(app: App, publicApiUrl: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Playhead API", version: "1.0.0", description: ABOUT },
      servers: [{ url: publicApiUrl }],
      tags: TAGS.map(({ name, description }) => ({ name, description })),
      components: COMPONENTS,
    },
    transform,
    transformObject: (document) => ("openapiObject" in document ? complete(document.openapiObject as Document) : {}), // 3.1, as said above
  });
  // made once, when it is first asked for: no route is added later
  let document: string | null = null;
  app.get("/docs/openapi.json", { schema: { hide: true } }, (_, reply) => {
    document ??= JSON.stringify(app.swagger());
    reply.header("content-type", "application/json; charset=utf-8").header("cache-control", "public, max-age=60");
    return reply.send(document);
  });
}

const transform: SwaggerTransform = (route) => {
  const transformed = jsonSchemaTransform(route as Parameters<typeof jsonSchemaTransform>[0]);
  const permission = permissionOf(hooksOf(route.route));
  return { ...transformed, schema: { ...transformed.schema, ...(permission && { "x-permission": permission }) } };
};

function hooksOf({ onRequest }: RouteOptions): onRequestHookHandler[] {
  return [onRequest ?? []].flat();
}

function complete(document: Document): Document {
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => {
    const operations = Object.entries(item ?? {}).map(([method, operation]) => [
      method,
      completeOperation(method, path, operation as Operation), // items of ours hold nothing but operations
    ]);
    return [path, Object.fromEntries(operations)];
  });
  return { ...document, paths: Object.fromEntries(paths) };
}
