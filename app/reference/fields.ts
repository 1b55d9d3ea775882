import type { Schema } from "./document.ts";

/** One line of a table of fields, with those inside it. */
export interface Field {
  name: string;
  /** As people read it: `string`, `number or null`, `list of objects`. */
  type: string;
  description: string;
  isRequired: boolean;
  /** Values it may have, where they are few and known. */
  values: string[];
  initial: string | null;
  fields: Field[];
}

const MAX_DEPTH = 8;

/** The fields of a schema: members of objects, also of those in lists. */
export function fieldsOf(schema: Schema, depth = 0): Field[] {
  if (depth > MAX_DEPTH) return [];
  const { object } = unfolded(schema);
  const required = new Set(listOf(object?.["required"]).map(String));
  const members = Object.entries(asSchema(object?.["properties"]) ?? {});
  return members.map(([name, member]) => fieldOf(name, asSchema(member) ?? {}, required.has(name), depth));
}

function fieldOf(name: string, schema: Schema, isRequired: boolean, depth: number): Field {
  const initial = schema["default"];
  return {
    name,
    type: typeOf(schema),
    description: String(schema["description"] ?? ""),
    isRequired,
    values: valuesOf(schema),
    initial: initial === undefined || JSON.stringify(initial) === "[]" ? null : text(initial),
    fields: fieldsOf(schema, depth + 1),
  };
}

/** A type in words. */
export function typeOf(schema: Schema): string {
  const choices = choicesOf(schema);
  if (choices.length > 0) return [...new Set(choices.map(typeOf))].join(" or ");
  const types = [schema["type"]].flat().filter((type) => typeof type === "string");
  if ("const" in schema) return text(schema["const"]);
  if (types.length === 0) return "anything";
  return types.map((type) => word(type, schema)).join(" or ");
}

function word(type: string, schema: Schema): string {
  if (type === "string" && schema["format"] === "date-time") return "ISO 8601 time";
  if (type !== "array") return type;
  const places = listOf(schema["prefixItems"]).map((place) => typeOf(asSchema(place) ?? {}));
  if (places.length > 0) return `[${places.join(", ")}]`;
  return `list of ${typeOf(asSchema(schema["items"]) ?? {})}`;
}

/** What a list holds, and what a choice with null is, are shown as what they are themselves. */
function unfolded(schema: Schema): { object: Schema | null } {
  if (asSchema(schema["properties"]) !== null) return { object: schema };
  const items = asSchema(schema["items"]);
  if (items !== null) return unfolded(items);
  const inner = choicesOf(schema).map((choice) => unfolded(choice).object);
  return { object: inner.find((object) => object !== null) ?? null };
}

function valuesOf(schema: Schema): string[] {
  const own = listOf(schema["enum"]);
  const inner = asSchema(schema["items"]);
  return own.length > 0 || inner === null ? own.map(text) : valuesOf(inner);
}

function choicesOf(schema: Schema): Schema[] {
  return [...listOf(schema["anyOf"]), ...listOf(schema["oneOf"])].map(asSchema).filter((choice) => choice !== null);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asSchema(value: unknown): Schema | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Schema) : null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
