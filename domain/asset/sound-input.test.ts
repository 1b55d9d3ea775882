import { describe, expect, it } from "vitest";
import { renamedSounds } from "./sound-input.ts";

describe("renamedSounds", () => {
  const sound = (id: string, name: string, languageCode = "en") => ({ id, name, languageCode });
  const renamed = (added: ReturnType<typeof sound>[], own: string[], given: string[] = []) =>
    Object.fromEntries(renamedSounds(added, { own: new Set(own), given: new Set(given) }));

  it("gives a number to what is called as one of the file's own", () => {
    expect(renamed([sound("a", "English"), sound("b", "German", "de")], ["English", "Default"])).toEqual({
      a: "English 2",
    });
  });

  it("takes no name that anybody has", () => {
    const added = [sound("a", "English"), sound("b", "English 2"), sound("c", "English 3")];
    expect(renamed(added, ["English", "English 3"])).toEqual({ a: "English 4", c: "English 5" });
  });

  it("leaves names that were given, with the asset or since", () => {
    expect(renamed([sound("a", "English"), sound("b", "Kommentar")], ["English", "Kommentar"], ["English"])).toEqual(
      {},
    );
  });
});
