import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PlaybackError } from "../playback-error.ts";
import { clipQuery } from "./clip-query.ts";
import { readManifestParams } from "./manifest-params.ts";

const DEFAULTS = {
  limits: { max: null, min: null },
  order: "start",
  clip: { startSeconds: null, endSeconds: null },
  defaultSubtitlesLanguage: null,
  isRedundant: false,
  hasImages: false,
};

const read = (query: string) => readManifestParams(new URLSearchParams(query));

function refusal(query: string): readonly string[] {
  try {
    read(query);
  } catch (error) {
    if (error instanceof PlaybackError && error.type === "invalid_parameters") return error.messages;
    throw error;
  }
  return [];
}

describe("readManifestParams", () => {
  it("takes what is not given, has no value or is unknown as nothing", () => {
    expect(read("")).toEqual(DEFAULTS);
    expect(read("max_resolution=&rendition_order=&asset_start_time=&CMCD=sid%3D%22x%22&what=ever")).toEqual(DEFAULTS);
  });

  it("reads every parameter of the protocol", () => {
    const query = [
      "max_resolution=1080p&min_resolution=480p&rendition_order=desc&default_subtitles_lang=pt-BR",
      "redundant_streams=true&roku_trick_play=true&asset_start_time=1.5&asset_end_time=20",
      "program_start_time=1700000000&program_end_time=1700000010.5&exclude_pdt=true",
    ].join("&");
    expect(read(query)).toEqual({
      limits: { max: "1080p", min: "480p" },
      order: "desc",
      clip: { startSeconds: 1.5, endSeconds: 20 },
      defaultSubtitlesLanguage: "pt-BR",
      isRedundant: true,
      hasImages: true,
    });
  });

  it.each([
    ["max_resolution=4k", "max_resolution must be one of 270p, 360p, 480p, 540p, 720p, 1080p, 1440p, 2160p"],
    ["min_resolution=720", "min_resolution must be one of 270p, 360p, 480p, 540p, 720p, 1080p, 1440p, 2160p"],
    ["rendition_order=asc", "rendition_order must be desc"],
    ["redundant_streams=1", "redundant_streams must be true or false"],
    ["roku_trick_play=yes", "roku_trick_play must be true or false"],
    ["exclude_pdt=TRUE", "exclude_pdt must be true or false"],
    ["default_subtitles_lang=pt_BR", "default_subtitles_lang must be a BCP 47 language such as en or pt-BR"],
    ["asset_start_time=-1", "asset_start_time must be seconds from the asset's begin, such as 12.5"],
    ["asset_end_time=1e3", "asset_end_time must be seconds from the asset's begin, such as 12.5"],
    ["asset_start_time=5&asset_end_time=5", "asset_end_time must be greater than asset_start_time"],
    ["program_start_time=now", "program_start_time must be seconds since 1970, such as 1700000000"],
    ["program_start_time=9&program_end_time=8", "program_end_time must be greater than program_start_time"],
  ])("refuses %s and says what it may be", (query, message) => {
    expect(refusal(query)).toEqual([message]);
  });

  it("names all that is wrong at once", () => {
    expect(refusal("max_resolution=4k&rendition_order=asc&asset_start_time=x")).toHaveLength(3);
  });

  it("never throws anything but its refusal, whatever the values", () => {
    const names = ["max_resolution", "rendition_order", "asset_start_time", "asset_end_time", "default_subtitles_lang"];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), (name, value) => {
        try {
          readManifestParams(new URLSearchParams({ [name]: value }));
        } catch (error) {
          expect(error).toBeInstanceOf(PlaybackError);
        }
      }),
    );
  });
});

describe("clipQuery", () => {
  it("is read back as the same clip", () => {
    const seconds = fc.option(fc.integer({ min: 0, max: 40_000_000 }).map((thousandths) => thousandths / 1_000));
    fc.assert(
      fc.property(seconds, seconds, (startSeconds, endSeconds) => {
        fc.pre(endSeconds === null || endSeconds > (startSeconds ?? 0));
        expect(read(clipQuery({ startSeconds, endSeconds }).slice(1)).clip).toEqual({ startSeconds, endSeconds });
      }),
    );
  });
});
