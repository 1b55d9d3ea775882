import type { Parameter } from "./document.ts";
import type { OperationView } from "./groups.ts";

/** Optional parameters that an example is clearer with. */
const SHOWN = new Set(["timeframe[]", "group_by", "dimension", "value"]);
/** Characters of a line that the panel shows without a break. */
const WIDE = 46;

/** Parameters of an example: what must be given, and what nearly everybody gives. */
function shown(operation: OperationView): { path: Parameter[]; query: Parameter[] } {
  const path = operation.parameters.filter((parameter) => parameter.in === "path");
  const query = operation.parameters.filter(
    (parameter) => parameter.in === "query" && (parameter.required || SHOWN.has(parameter.name)),
  );
  return { path, query };
}

/** A value to try, as the document gives it. */
export function exampleOf({ example, schema }: Parameter): unknown {
  if (example !== undefined) return example;
  const values = schema["enum"];
  return (Array.isArray(values) ? values[0] : undefined) ?? schema["default"] ?? "value";
}

/** The operation with curl, one option a line. */
export function curlLines(operation: OperationView, origin: string): string[] {
  const { path, query } = shown(operation);
  const url = path.reduce(
    (url, parameter) => url.replace(`{${parameter.name}}`, String(exampleOf(parameter))),
    operation.path,
  );
  const queries = query.flatMap((parameter) =>
    [exampleOf(parameter)].flat().map((value) => `--data-urlencode "${parameter.name}=${String(value)}"`),
  );
  const method =
    operation.method === "GET" || (operation.method === "POST" && operation.body !== null)
      ? []
      : [`-X ${operation.method}`];
  const parts = [
    ["curl", ...(queries.length > 0 ? ["-G"] : []), ...method, '-u "$MUX_TOKEN_ID:$MUX_TOKEN_SECRET"'].join(" "),
    `${origin}${url}`,
    ...queries,
    ...(operation.body === null
      ? []
      : [
          '-H "content-type: application/json"',
          `-d '${JSON.stringify(operation.body.example ?? {}).replaceAll("'", "'\\''")}'`,
        ]),
  ];
  return parts.map((part, at) => `${at === 0 ? "" : "  "}${part}${at === parts.length - 1 ? "" : " \\"}`);
}

/** The operation with `@mux/mux-node`: its own method, or the client's plain call where it has none. */
export function nodeLines(operation: OperationView): string[] {
  const { path, query } = shown(operation);
  const options = Object.fromEntries(
    query.map((parameter) => [parameter.name.replace("[]", ""), exampleOf(parameter)]),
  );
  const body = operation.body === null ? {} : ((operation.body.example ?? {}) as object);
  const isDelete = operation.method === "DELETE";
  const call = isDelete ? "await" : "const answer = await";
  if (operation.sdkMethod !== null) {
    const given = [
      ...path.map((parameter) => JSON.stringify(exampleOf(parameter))),
      ...literals({ ...options, ...body }),
    ];
    return `${call} mux.${operation.sdkMethod}(${given.join(", ")});`.split("\n");
  }
  const url = path.reduce(
    (url, parameter) => url.replace(`{${parameter.name}}`, String(exampleOf(parameter))),
    operation.path,
  );
  const rest = { ...(query.length > 0 && { query: options }), ...(operation.body !== null && { body }) };
  const given = [JSON.stringify(url), ...literals(rest)];
  return `${call} mux.${operation.method.toLowerCase()}(${given.join(", ")});`.split("\n");
}

function literals(options: object): string[] {
  return Object.keys(options).length === 0 ? [] : [literal(options, 0)];
}

/** A value as JavaScript is written by hand: on one line where it fits. */
function literal(value: unknown, depth: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Array.isArray(value)
    ? value.map((member) => literal(member, depth + 1))
    : Object.entries(value).map(
        ([key, member]) => `${/^[a-z_$][\w$]*$/i.test(key) ? key : JSON.stringify(key)}: ${literal(member, depth + 1)}`,
      );
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{ ", " }"];
  const line = `${open}${parts.join(", ")}${close}`;
  if (depth > 0 && line.length < WIDE && !line.includes("\n")) return line;
  const indent = "  ".repeat(depth + 1);
  return `${open.trim()}\n${parts.map((part) => `${indent}${part},`).join("\n")}\n${"  ".repeat(depth)}${close.trim()}`;
}
