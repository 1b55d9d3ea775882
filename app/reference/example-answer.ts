import type { Schema } from "./document.ts";

/** Believable values by the names of fields: an example of zeros teaches nobody. */
const BY_NAME: readonly (readonly [name: RegExp, value: unknown])[] = [
  [/^timeframe$/, [1_795_413_600, 1_795_500_000]],
  [/^total_row_count$/, 1],
  [/(^|_)views$|^view_count$|^total_views$/, 1_204],
  [/watch_time|playing_time/, 5_400_000],
  [/(^|_)percentage$|_ratio$|_score$|^score$/, 0.94],
  [/(^|_)percentage$|_ratio$|score/, "0.94"],
  [/(^|_)value$|_time$|_count$|_duration$/, "1834"],
  [/^negative_impact$/, 1],
  [/country_code|^country$|^field$|^filter_value$|^breakdown_value$/, "US"],
  [/^dimension$|^filter_column$/, "country"],
  [/^metric$/, "video_startup_time"],
  [/^granularity$/, "hour"],
  [/^measurement$|^aggregation$/, "median"],
  [/(^|_)date$/, "2026-11-24T07:20:00.000Z"],
  [/_at$|_start$|_end$/, "2026-11-24T07:20:00.000Z"],
  [/os_family/, "Windows"],
  [/application_name|browser$/, "Chrome"],
  [/error_code$|^code$/, "2"],
  [/error_message$|^message$/, "A network error ended the download"],
  [/^notes?$/, "Player 2.1 released"],
  [/_seconds$/, 40],
  [/title/, "Opening ceremony"],
  [/(^|_)id$/, "IGFoaVCYJJVD6rEYnfsbzvfC4dgpwTpHJ01e1H9lmOJs"],
  [/name$/, "Production"],
  [/url$|^path$/, "https://example.com/film.mp4"],
  [/cursor/, null],
  [/delay_ms/, 1_200],
  [/^value$|_value$/, 1_834],
];
const MAX_DEPTH = 8;
/** Members of an object beyond which the table of fields says more than an example. */
const MAX_MEMBERS = 24;

/** A reply as it may look, made from its schema. */
export function exampleAnswer(schema: Schema, name = "", depth = 0): unknown {
  if ("example" in schema) return schema["example"];
  if ("const" in schema) return schema["const"];
  if (Array.isArray(schema["enum"]))
    return schema["enum"].find((value) => value === byName(name, ["string"])) ?? schema["enum"][0];
  const choices = [schema["anyOf"], schema["oneOf"]].flatMap((list) => (Array.isArray(list) ? (list as Schema[]) : []));
  if (choices[0] !== undefined) return exampleAnswer(choices[0], name, depth);
  const types = [schema["type"]].flat().map(String);
  if (types.includes("object")) return exampleObject(schema, depth);
  if (types.includes("array")) return exampleList(schema, name, depth);
  return exampleScalar(types, schema, name);
}

function exampleObject(schema: Schema, depth: number): unknown {
  const members = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
  if (depth > MAX_DEPTH) return {};
  if (members.length === 0 && typeof schema["additionalProperties"] === "object") return { country: "US" };
  return Object.fromEntries(
    members.slice(0, MAX_MEMBERS).map(([name, member]) => [name, exampleAnswer(member, name, depth + 1)]),
  );
}

function exampleList(schema: Schema, name: string, depth: number): unknown {
  const places = schema["prefixItems"];
  const named = byName(name, ["array"]);
  if (named !== undefined) return named;
  if (Array.isArray(places)) return (places as Schema[]).map((place) => exampleAnswer(place, name, depth + 1));
  const items = schema["items"];
  if (depth > MAX_DEPTH || typeof items !== "object" || items === null) return [];
  return [exampleAnswer(items as Schema, name.replace(/s$/, ""), depth + 1)];
}

function exampleScalar(types: readonly string[], schema: Schema, name: string): unknown {
  const named = byName(name, types);
  if (named !== undefined) return named;
  if (schema["format"] === "date-time") return "2026-11-24T07:20:00.000Z";
  if (types.includes("boolean")) return false;
  if (types.includes("number") || types.includes("integer")) return 1_204;
  if (types.includes("string")) return "text";
  return null;
}

function byName(name: string, types: readonly string[]): unknown {
  return BY_NAME.find(([pattern, value]) => pattern.test(name) && fits(value, types))?.[1];
}

function fits(value: unknown, types: readonly string[]): boolean {
  if (value === null) return types.includes("null");
  if (Array.isArray(value)) return types.includes("array");
  if (typeof value !== "number") return types.includes("string");
  return types.includes("number") || (types.includes("integer") && Number.isInteger(value));
}
