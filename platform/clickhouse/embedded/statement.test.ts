import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { insertFromFile, readStatement } from "./statement.ts";

const codeOf = (sql: string) => {
  const statement = readStatement(sql);
  return statement.kind === "refused" ? statement.code : statement.kind;
};

const fileInsert = (sql: string) => {
  const statement = readStatement(sql);
  if (statement.kind !== "insert") throw new Error(`not an insert with data: ${statement.kind}`);
  return { run: insertFromFile(statement, "/f").replace(/\s+/g, " "), data: sql.slice(statement.dataStart) };
};

describe("readStatement", () => {
  it.each([
    ["read", "SELECT 1"],
    ["read", "-- why; so\nselect ';' ; -- end;"],
    ["read", "WITH a AS (SELECT 1) SELECT * FROM a;;"],
    ["read", "(SELECT 1) UNION ALL (SELECT 2)"],
    ["write", "ALTER TABLE t ADD COLUMN a String"],
    ["upkeep", "OPTIMIZE TABLE t PARTITION '2026-01-19' FINAL"],
    ["upkeep", "CHECK TABLE t"],
    ["write", "INSERT INTO t SELECT format('{}', a) FROM u"],
    ["write", "INSERT INTO t (a) (SELECT 1)"],
    ["write", "INSERT INTO t (SELECT 1)"],
    ["session", "SET max_threads = 1"],
    ["session", "USE playhead"],
    ["session", "CREATE TEMPORARY TABLE t (a UInt8)"],
    ["session", "GRANT INSERT ON t TO u"],
  ])("tells a %s: %s", (kind, sql) => {
    expect(codeOf(sql)).toBe(kind);
  });

  it.each([
    "SELECT 1; DROP TABLE canary",
    "SELECT 1 /* ' */; DROP TABLE canary -- '",
    "SELECT 'a\\'; SELECT '; DROP TABLE canary --'; DROP TABLE canary",
    "INSERT INTO t SELECT 1; DROP TABLE canary",
    "SET max_threads = 1; DROP TABLE canary",
    ";DROP TABLE canary; SELECT 1",
    "",
    "  -- nothing",
  ])("refuses as a syntax error: %s", (sql) => {
    expect(codeOf(sql)).toBe(62);
  });

  it.each([
    'WITH 1 AS x INSERT INTO t FORMAT JSONEachRow {"a":1}\n\ndrop table canary',
    'EXPLAIN AST INSERT INTO t FORMAT JSONEachRow {"a":1}\n\ndrop table canary',
    "INSERT INTO t SELECT * FROM input('a UInt8') FORMAT JSONEachRow {\"a\":1}\n\ndrop table canary",
    'INSERT INTO t (SELECT * FROM u) FORMAT JSONEachRow {"a":1}\n\ndrop table canary',
    "INSERT INTO FUNCTION file('/srv/x') VALUES (1)",
    "SELECT 1 INTO OUTFILE '/srv/x'",
  ])("refuses data and files where they cannot be taken safely: %s", (sql) => {
    expect(codeOf(sql)).toBe(48);
  });

  it("refuses a file of the client's choice as data", () => {
    expect(codeOf("INSERT INTO t FROM INFILE '/etc/passwd' FORMAT LineAsString")).toBe(62);
  });

  it("puts a file in place of an insert's data, whatever the names are", () => {
    expect(fileInsert("INSERT INTO playhead.t (`a`, b) FORMAT JSONCompactEachRow\n[1]")).toEqual({
      run: "INSERT INTO playhead.t (`a`, b) FROM INFILE '/f' FORMAT JSONCompactEachRow",
      data: "\n[1]",
    });
    expect(fileInsert("insert `format` settings max_threads=1, x='format CSV' format CSV").run).toBe(
      "insert `format` FROM INFILE '/f' settings max_threads=1, x='format CSV' FORMAT CSV",
    );
    expect(fileInsert("INSERT INTO TABLE format.values (format, settings) VALUES (1, ';'); drop table canary")).toEqual(
      {
        run: "INSERT INTO TABLE format.values (format, settings) FROM INFILE '/f' FORMAT Values",
        data: " (1, ';'); drop table canary",
      },
    );
    expect(fileInsert("INSERT INTO {t:Identifier} /* FORMAT x */ FORMAT Native").run).toContain("INTO {t:Identifier}");
  });

  it("never lets an insert's data into the statement", () => {
    const inserts = fc.constantFrom(
      "INSERT INTO t FORMAT CSV\n",
      "INSERT INTO t (a) SETTINGS x=1 FORMAT JSONEachRow\n",
      "INSERT INTO t VALUES ",
    );
    fc.assert(
      fc.property(inserts, fc.string({ unit: "binary" }), (insert, data) => {
        const statement = readStatement(insert + data);
        if (statement.kind !== "insert") throw new Error(statement.kind);
        expect(statement.dataStart).toBeLessThanOrEqual(insert.length);
        expect(insertFromFile(statement, "/f").length).toBeLessThan(insert.length + 40);
      }),
    );
  });
});
