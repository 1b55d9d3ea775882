import { z } from "zod";
import { ApiError } from "../../domain/errors.ts";

const MAX_LIMIT = 100;
const MAX_PAGE = 1_000_000;

/** `page` from 1 and `limit`; a page behind the last is empty, which is how SDKs notice the end. */
export const PageQuery = z.object({
  page: z.coerce.number().int().min(1).max(MAX_PAGE).default(1),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(10),
});

/** Behind which row a list goes on; newest first, so the next one is older. */
export interface Cursor {
  createdAt: Date;
  id: string;
}

export function encodeCursor({ createdAt, id }: Cursor): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString("base64url");
}

export function decodeCursor(text: string): Cursor {
  const [, createdAtMs, id] = /^(\d{1,15})\.([A-Za-z0-9]{1,50})$/.exec(Buffer.from(text, "base64url").toString()) ?? [];
  if (createdAtMs === undefined || id === undefined)
    throw new ApiError("invalid_parameters", ["cursor: is none of those given out as next_cursor"]);
  return { createdAt: new Date(Number(createdAtMs)), id };
}
