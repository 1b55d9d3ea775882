import { describe, expect, it } from "vitest";
import { readStoryboardParams } from "./storyboard-params.ts";

const read = (query: string) => readStoryboardParams(new URLSearchParams(query), 60.0004);

describe("readStoryboardParams", () => {
  it.each([
    ["", { startSeconds: 0, endSeconds: 60, format: "jpg" }],
    ["format=webp&program_start_time=1", { startSeconds: 0, endSeconds: 60, format: "webp" }],
    ["asset_start_time=10&asset_end_time=20.5", { startSeconds: 10, endSeconds: 20.5, format: "jpg" }],
    ["asset_end_time=99", { startSeconds: 0, endSeconds: 60 }],
  ])("reads %j", (query, expected) => {
    expect(read(query)).toMatchObject(expected);
  });

  it.each(["format=gif", "asset_start_time=61", "asset_start_time=5&asset_end_time=5", "asset_end_time=x"])(
    "refuses %s",
    (query) => {
      expect(() => read(query)).toThrow(`${query.split("=")[0]} must be`);
    },
  );
});
