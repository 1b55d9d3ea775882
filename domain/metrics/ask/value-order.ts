export type Direction = "asc" | "desc";

export function directionSql(direction: Direction): "ASC" | "DESC" {
  return direction === "asc" ? "ASC" : "DESC";
}

/**
 * The order of values that are texts of an answer. Numbers go by what they are: 144, 240, 1080; no value comes before all
 * others, as the empty text does.
 */
export function valueOrder(textName: string, isNumber: boolean, direction: Direction): string {
  if (!isNumber) return `${textName} ${directionSql(direction)}`;
  return `toFloat64OrNull(${textName}) ${direction === "asc" ? "ASC NULLS FIRST" : "DESC NULLS LAST"}`;
}
