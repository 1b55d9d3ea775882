import { type ColumnKind, RECORD_COLUMNS } from "../view/record-columns.ts";
import type { Dimension } from "./dimensions.ts";

/** How a dimension lies in table `views`. Every name comes from our own tables, never from a caller. */
export interface DimensionColumn {
  /** What to group by: cheap, and equal exactly where the values are. */
  groupSql: string;
  /** `groupSql` holds cityHash64 of the value instead of the value. */
  keyed: boolean;
  /** `groupSql` is the text itself. */
  isText: boolean;
  /** Text of a grouped value, which stands in column `name`, "" for none; of a keyed one its digits. */
  textSql: (name: string) => string;
  /** The value of a row itself as text, at whatever cost. */
  rowTextSql: string;
  /** Whether the value is one of the parameter's; of a list, whether one of its elements is. */
  isOneOf: (param: string, values: readonly string[]) => Condition;
}

/** A condition and the value of the one parameter in it. */
export interface Condition {
  sql: string;
  value: readonly (string | number)[];
}

export function dimensionColumn({ key }: Dimension): DimensionColumn {
  const { name, kind } = RECORD_COLUMNS[key];
  if (kind === "keyed") return keyedColumn(name);
  if (kind === "labels") return listColumn(name);
  if (isText(kind)) return textColumn(name);
  if (kind === "flag" || kind === "maybeFlag") return flagColumn(name, kind === "maybeFlag");
  return numberColumn(name, kind);
}

function isText(kind: ColumnKind): boolean {
  return kind === "label" || kind === "text";
}

function textColumn(name: string): DimensionColumn {
  return {
    groupSql: name,
    keyed: false,
    isText: true,
    textSql: (text) => `toString(${text})`,
    rowTextSql: `toString(${name})`,
    isOneOf: (param, values) => ({ sql: `${name} IN {${param}: Array(String)}`, value: values }),
  };
}

function keyedColumn(name: string): DimensionColumn {
  const keySql = `${name}_key`;
  return {
    groupSql: keySql,
    keyed: true,
    isText: false,
    textSql: (key) => `if(${key} = cityHash64(''), '', toString(${key}))`,
    rowTextSql: name,
    isOneOf: (param, values) => ({
      sql: `${keySql} IN arrayMap(text -> cityHash64(text), {${param}: Array(String)})`,
      value: values,
    }),
  };
}

/** Lists read `[fastly,akamai]`, as the API's filters spell them; an empty one is no value. */
function listColumn(name: string): DimensionColumn {
  const textSql = (list: string) => `if(empty(${list}), '', concat('[', arrayStringConcat(${list}, ','), ']'))`;
  return {
    groupSql: name,
    keyed: false,
    isText: false,
    textSql,
    rowTextSql: textSql(name),
    isOneOf: (param, values) => ({ sql: `hasAny(${name}, {${param}: Array(String)})`, value: values }),
  };
}

/** "true" is 1, "false" 0, and "" NULL where a flag may be unknown. */
function flagColumn(name: string, nullable: boolean): DimensionColumn {
  const textSql = (flag: string) => `multiIf(isNull(${flag}), '', ${flag} = 1, 'true', 'false')`;
  const numbers = new Map([["true", 1], ["false", 0], ...(nullable ? [["", UNKNOWN] as const] : [])]);
  return {
    groupSql: name,
    keyed: false,
    isText: false,
    textSql,
    rowTextSql: textSql(name),
    isOneOf: (param, values) => ({
      sql: `ifNull(toInt8(${name}), ${UNKNOWN}) IN {${param}: Array(Int8)}`,
      value: values.map((value) => numbers.get(value)).filter((value) => value !== undefined),
    }),
  };
}

/** Stands for NULL; no number of a view is negative. */
const UNKNOWN = -1;

/** Numbers that count from 0; ASN 0 is an unknown one. */
function numberColumn(name: string, kind: ColumnKind): DimensionColumn {
  const real = kind === "maybeReal32";
  const none = kind === "count" ? 0 : UNKNOWN;
  const textSql = (number: string) =>
    `if(ifNull(${number}, ${none}) = ${none}, '', toString(assumeNotNull(${number})))`;
  return {
    groupSql: name,
    keyed: false,
    isText: false,
    textSql,
    rowTextSql: textSql(name),
    isOneOf: (param, values) => ({
      sql: `ifNull(${real ? "toFloat32" : "toInt64"}(${name}), ${UNKNOWN}) IN {${param}: Array(${real ? "Float32" : "Int64"})}`,
      value: values
        .filter((value) => value !== String(none))
        .map((value) => (value === "" ? none : numberOf(value, real)))
        .filter((value) => value !== null),
    }),
  };
}

/** The number that prints as this text; other spellings of it, and other texts, are no value that a view could have. */
function numberOf(text: string, real: boolean): number | null {
  const number = Number(text);
  const known = number >= 0 && (real ? Number.isFinite(number) : Number.isSafeInteger(number));
  return known && String(number) === text ? number : null;
}
