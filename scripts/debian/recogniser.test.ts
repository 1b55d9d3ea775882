import { describe, expect, it } from "vitest";
import { NO_PYTHON } from "../../platform/speech/embedded/recogniser-files.ts";
import { provideRecogniser } from "./recogniser.ts";

/** Steps that answer in turn. */
function steps(answers: readonly (string | null)[], code = 0) {
  const commands: string[] = [];
  let asked = 0;
  const install = async (command: readonly string[]): Promise<number> => {
    commands.push(command.join(" "));
    return code;
  };
  return { commands, prepare: async () => answers[asked++] ?? null, install };
}

describe("provideRecogniser", () => {
  it("installs nothing where there is a Python, whatever else lacks", async () => {
    const { commands, ...rest } = steps(["no network"]);
    expect(await provideRecogniser(rest, true)).toBe("no network");
    expect(commands).toEqual([]);
  });

  it("installs Python where it may, and fetches again", async () => {
    const { commands, ...rest } = steps([NO_PYTHON, null]);
    expect(await provideRecogniser(rest, true)).toBeNull();
    expect(commands).toEqual([
      expect.stringContaining("apt-get install --yes --no-install-recommends python3 python3-pip"),
    ]);
  });

  it("says what lacks where it may not, or could not", async () => {
    expect(await provideRecogniser(steps([NO_PYTHON, null]), false)).toBe(NO_PYTHON);
    expect(await provideRecogniser(steps([NO_PYTHON, null], 100), true)).toBe(NO_PYTHON);
  });
});
