import type { OpenAPIV3_1 } from "openapi-types";
import type { Operation } from "../openapi/complete-operation.ts";

export interface ListedOperation {
  method: string;
  path: string;
  operation: Operation;
}

/** Every operation of a document, in its order. */
export function listedOperations({ paths = {} }: Pick<OpenAPIV3_1.Document, "paths">): ListedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation: operation as Operation, // items of ours hold nothing but operations
    })),
  );
}
