import type { ApiDocument, Operation, Parameter, Response, Schema } from "./document.ts";
import { exampleAnswer } from "./example-answer.ts";

export interface OperationView {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  isDeprecated: boolean;
  /** What the access token must be allowed; null where it needs to be allowed nothing. */
  permission: string | null;
  /** Method of `@mux/mux-node`, such as `data.metrics.getOverallValues`. */
  sdkMethod: string | null;
  parameters: Parameter[];
  body: { schema: Schema; example: unknown } | null;
  answers: { status: string; description: string; mediaTypes: string[]; schema: Schema | null; example: unknown }[];
  refusals: { status: string; description: string }[];
}

export interface Group {
  slug: string;
  name: string;
  description: string;
  operations: OperationView[];
}

/** Groups that have operations, in the document's order, each operation with all that it refers to. */
export function groupsOf(document: ApiDocument): Group[] {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      tag: operation.tags[0],
      view: view(document, method, path, operation),
    })),
  );
  return document.tags
    .map(({ name, description }) => ({
      slug: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"),
      name,
      description,
      operations: operations.filter(({ tag }) => tag === name).map(({ view }) => view),
    }))
    .filter((group) => group.operations.length > 0);
}

/** Every type of refusal with when it is answered, by status. */
export function refusalsOf({ components }: ApiDocument): { type: string; description: string }[] {
  return Object.values(components.responses).flatMap(({ content }) =>
    Object.entries(content["application/json"]?.examples ?? {}).map(([type, { summary }]) => ({
      type,
      description: summary,
    })),
  );
}

function view({ components }: ApiDocument, method: string, path: string, operation: Operation): OperationView {
  const parameters = operation.parameters.map((one) => ("$ref" in one ? components.parameters[lastOf(one.$ref)] : one));
  const json = operation.requestBody?.content["application/json"];
  const responses = Object.entries(operation.responses).flatMap(([status, one]) => {
    const response = "$ref" in one ? components.responses[lastOf(one.$ref)] : one;
    return response === undefined ? [] : [{ status, response }];
  });
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    summary: operation.summary,
    description: operation.description,
    isDeprecated: operation.deprecated,
    permission: operation["x-permission"] ?? null,
    sdkMethod: operation["x-mux-node"] ?? null,
    parameters: parameters.filter((parameter) => parameter !== undefined),
    body: json === undefined ? null : { schema: json.schema, example: json.example },
    answers: responses.filter(({ status }) => status < "400").map(answer),
    refusals: responses
      .filter(({ status }) => status >= "400")
      .map(({ status, response }) => ({ status, description: response.description })),
  };
}

function answer({ status, response }: { status: string; response: Response }): OperationView["answers"][number] {
  const { description, content } = response;
  const { schema = null, example = schema === null ? null : exampleAnswer(schema) } = content["application/json"] ?? {};
  return { status, description, mediaTypes: Object.keys(content), schema, example };
}

function lastOf(reference: string): string {
  return reference.split("/").at(-1) ?? "";
}
