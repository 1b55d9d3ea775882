import { z } from "zod";

/** An answer's lines, cut to the most rows there may be. */
export interface CutAnswer {
  text: string;
  rowCount: number;
  isCut: boolean;
}

const Names = z.array(z.string());

/**
 * The store's answer, a line for names, one for types and one for each row, as the body to send. Rows are passed on as they
 * are: whole numbers of 64 bits would lose digits if they were read here.
 */
export function sqlBody(answer: string, maxRows: number, startedMs: number, nowMs: number): string {
  const lines = answer.split("\n");
  const [names = "", types = ""] = lines;
  const typeOf = Names.parse(JSON.parse(types));
  const columns = Names.parse(JSON.parse(names)).map((name, at) => ({ name, type: typeOf[at] }));
  const found = lines.slice(2).filter((line) => line !== "");
  const rows = found.slice(0, maxRows);
  const head = JSON.stringify({
    columns,
    row_count: rows.length,
    truncated: found.length > maxRows,
    elapsed_ms: Math.round(nowMs - startedMs),
  });
  return `{"data":${head.slice(0, -1)},"rows":[${rows.join(",")}]}}`;
}

/** CSV with its head line, cut behind so many rows. A line break within quotes ends no row. */
export function cutCsv(text: string, maxRows: number): CutAnswer {
  let lines = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) isQuoted = !isQuoted;
    if (character !== NEWLINE || isQuoted) continue;
    lines += 1;
    if (lines === maxRows + 1 && at + 1 < text.length)
      return { text: text.slice(0, at + 1), rowCount: maxRows, isCut: true };
  }
  return { text, rowCount: lines - 1, isCut: false };
}

const QUOTE = 34;
const NEWLINE = 10;
