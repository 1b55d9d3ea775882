import { z } from "zod";
import type { Kind, Weight } from "../queries/kinds.ts";
import type { Row } from "../queries/measure-question.ts";
import type { ApiRequest } from "./api-server.ts";

/** [from, to), Unix seconds. */
export interface Seconds {
  from: number;
  to: number;
}

type Sql = (from: string, to: string) => string;

/** One kind of call, as a client makes it, and as a person would ask who knows the tables. */
export interface Call {
  name: string;
  weight: Weight;
  request: (range: Seconds) => ApiRequest;
  /** Everything that the answer says, usually in one statement; the first is compared. */
  hand: readonly Sql[];
  /** The answer in the words of the first statement. */
  rows: (body: unknown) => Row[];
  compared: readonly string[];
  /** Its limits do not decide. */
  isOnlyTold?: boolean;
  /** Of numbers, where the answer is rounded. */
  tolerance?: number;
}

/** What calls name. */
export interface Named {
  viewId: string;
  video: { video_id: string; asset_id: string; playback_id: string };
  /** Keys of the titles that most watch, and ids of the views that ended last. */
  titleKeys: readonly string[];
  lastIds: readonly string[];
}

export type KindOf = (name: string) => Kind;

/** A call that asks what `bench/queries` asks. */
export function asked(
  { name, weight, hand, compared }: Kind,
  call: Pick<Call, "request" | "rows"> & Partial<Call>,
): Call {
  return { name, weight, hand: [hand], compared, ...call };
}

/** GET of a path over a range. */
export function get(path: string, query: string = ""): Call["request"] {
  return ({ from, to }) => ({ path: `${path}?timeframe[]=${from}&timeframe[]=${to}${query}` });
}

/** Any row of an answer. */
export const RowSchema = z.record(z.string(), z.unknown());

/** `data` of an answer that is a list, or one object. */
export function dataRows(body: unknown): Row[] {
  const { data } = z.object({ data: z.union([z.array(RowSchema), RowSchema]) }).parse(body);
  return [data].flat();
}
