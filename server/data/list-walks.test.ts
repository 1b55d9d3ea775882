import { expect, it } from "vitest";
import { ListWalks, type Walk } from "./list-walks.ts";

const walk = (rows: readonly string[]): Walk<string> => {
  const timeframe = { fromMs: 0, toMs: 1 };
  return { timeframe, totalRowCount: rows.length, rows, base: 0, ended: true, nextPage: 2, usedMs: 0 };
};

it("keeps as many walks as there is room for, though they hold nothing, or few long texts", () => {
  const walks = new ListWalks<string>();
  const long = "x".repeat(1_000_000);
  for (let at = 0; at < 60; at += 1) walks.begin(`${at}${long}`, walk([]));
  expect([walks.find(`10${long}`, 2, 1, 0), walks.find(`11${long}`, 2, 1, 0)?.rows]).toEqual([null, []]);
  for (let at = 0; at < 60; at += 1) walks.begin(`${at}`, walk([long]));
  expect([walks.find("10", 1, 1, 0), walks.find("11", 1, 1, 0)?.rows]).toEqual([null, [long]]);
});
