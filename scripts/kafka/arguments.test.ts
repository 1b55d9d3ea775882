import { describe, expect, it } from "vitest";
import { readArguments, UsageError } from "./arguments.ts";

describe("the arguments of scripts/kafka.ts", () => {
  it("ask for one broker in the data folder unless told otherwise", () => {
    expect(readArguments([])).toEqual({ brokers: 1, folder: ".playhead/kafka", help: false });
    expect(readArguments(["--brokers", "3", "--folder", "brokers"])).toMatchObject({ brokers: 3, folder: "brokers" });
  });

  it("refuse a number of brokers without a use", () => {
    expect(() => readArguments(["--brokers", "2"])).toThrow(UsageError);
    expect(() => readArguments(["--broker", "1"])).toThrow(UsageError);
  });
});
