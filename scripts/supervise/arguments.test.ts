import { describe, expect, it } from "vitest";
import { parseStartArguments } from "./arguments.ts";

describe("parseStartArguments", () => {
  it("continues with the usual folder when nothing is asked", () => {
    expect(parseStartArguments([])).toEqual({
      kind: "start",
      arguments: { fresh: false, dev: false, data: ".playhead" },
    });
  });

  it("takes a folder after a blank and after an equals sign", () => {
    for (const argv of [["--data", "/srv/a=b"], ["--data=/srv/a=b"]]) {
      expect(parseStartArguments(["--fresh", ...argv])).toMatchObject({ arguments: { fresh: true, data: "/srv/a=b" } });
    }
  });

  // --data --fresh would otherwise keep data in a folder named --fresh
  it.each([[["--data"]], [["--data="]], [["--data", "--fresh"]], [["--fresh=1"]], [["extra"]], [["--Fresh"]]])(
    "refuses %j",
    (argv) => {
      expect(parseStartArguments(argv).kind).toBe("wrong");
    },
  );
});
