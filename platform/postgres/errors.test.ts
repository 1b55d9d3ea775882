import { DatabaseError } from "pg";
import { describe, expect, it } from "vitest";
import { classifyPostgresError, PostgresUnavailable } from "./errors.ts";

/** What the driver throws for an answer of the engine with this SQLSTATE. */
function refusal(code: string): DatabaseError {
  const error = new DatabaseError("refused", 0, "error");
  error.code = code;
  return error;
}

describe("classifyPostgresError", () => {
  it.each(["08006", "53100", "57P01", "57014", "58030"])("takes %s for something that passes", (code) => {
    expect(classifyPostgresError(refusal(code))).toBeInstanceOf(PostgresUnavailable);
  });

  it.each(["23505", "42P01", "40001", "22P02"])("leaves the refusal %s as it is", (code) => {
    const error = refusal(code);
    expect(classifyPostgresError(error)).toBe(error);
  });
});
