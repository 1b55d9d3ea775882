import { describe, expect, it } from "vitest";
import { cutCsv, sqlBody } from "./sql-answer.ts";

describe("sqlBody", () => {
  it("passes rows on as they are, cut behind the last there may be", () => {
    const answer = '["a","b"]\n["UInt64","String"]\n[18446744073709551615,"x\\ny"]\n[2,"z"]\n';
    const body = sqlBody(answer, 1, 10, 12.4);
    expect(body).toContain("18446744073709551615");
    expect(JSON.parse(body).data).toMatchObject({
      columns: [
        { name: "a", type: "UInt64" },
        { name: "b", type: "String" },
      ],
      row_count: 1,
      truncated: true,
      elapsed_ms: 2,
    });
  });

  it("has no rows where there are none", () => {
    expect(JSON.parse(sqlBody('["a"]\n["UInt8"]\n', 10, 0, 0)).data).toMatchObject({ rows: [], truncated: false });
  });
});

describe("cutCsv", () => {
  it("counts rows, not lines", () => {
    const text = '"a"\n"one\n""two"""\n"three"\n';
    expect(cutCsv(text, 2)).toEqual({ text, rowCount: 2, isCut: false });
    expect(cutCsv(text, 1)).toEqual({ text: '"a"\n"one\n""two"""\n', rowCount: 1, isCut: true });
    expect(cutCsv('"a"\n', 5)).toEqual({ text: '"a"\n', rowCount: 0, isCut: false });
  });
});
