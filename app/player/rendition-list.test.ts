import { describe, expect, it } from "vitest";
import { AUTOMATIC, type Rendition, RenditionList } from "./rendition-list.ts";

const rendition = (id: string, height: number): Rendition => ({ id, height, width: height * 2, bitrate: height * 1e3 });

describe("RenditionList", () => {
  it("is read like an array, as media-chrome does", () => {
    const list = new RenditionList(() => undefined);
    list.replace([rendition("0", 1080), rendition("1", 720)]);
    expect([...list].map(({ height }) => height)).toEqual([1080, 720]);
    expect(Array.prototype.findIndex.call(list, ({ id }: Rendition) => id === "1")).toBe(1);
    expect(list[list.selectedIndex]?.id).toBeUndefined();
    list.replace([rendition("0", 480)]);
    expect([list.length, list[0]?.height, list[1]]).toEqual([1, 480, undefined]);
  });

  it("tells of a choice once, and of new renditions", () => {
    const chosen: number[] = [];
    const events: string[] = [];
    const list = new RenditionList((index) => chosen.push(index));
    for (const name of ["addrendition", "change"]) list.addEventListener(name, () => events.push(name));
    list.replace([rendition("0", 1080)]);
    list.selectedIndex = 0;
    list.selectedIndex = 0;
    list.selectedIndex = AUTOMATIC;
    expect(chosen).toEqual([0, AUTOMATIC]);
    expect(events).toEqual(["addrendition", "change", "change"]);
  });
});
