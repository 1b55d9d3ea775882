import {
  HORIZONTAL_ALIGNS,
  type OverlayLength,
  type OverlayPlacement,
  VERTICAL_ALIGNS,
} from "../media/overlay-placement.ts";
import { isWebUrl } from "./web-url.ts";

/** As clients send it: lengths are `"10%"` or `"100px"` (reference video-api.md §3.1). */
export interface OverlaySettingsWire {
  vertical_align?: string | undefined;
  vertical_margin?: string | undefined;
  horizontal_align?: string | undefined;
  horizontal_margin?: string | undefined;
  width?: string | undefined;
  height?: string | undefined;
  opacity?: string | undefined;
}

interface InputWithOverlay {
  url?: string | undefined;
  overlay_settings?: OverlaySettingsWire | undefined;
}

/** An image that is burnt into the pictures of an asset. */
export interface OverlayInput {
  /** Place among the inputs, by which problems with it are told. */
  input: number;
  url: string;
  placement: OverlayPlacement;
}

export const MAX_OVERLAYS = 10;
const LENGTH = /^(-?)(\d{1,5}(?:\.\d{1,4})?)(px|%)$/;
const NOTHING: OverlayLength = { unit: "px", value: 0 };

/** Whether an input is an image to be burnt in. */
export function isOverlay({ overlay_settings, type }: InputWithOverlay & { type?: string | undefined }): boolean {
  return overlay_settings !== undefined && type !== "text" && type !== "audio";
}

/** What is wrong with an overlay, each begun with the field's name behind `prefix`. */
export function overlayProblems({ url = "", overlay_settings = {} }: InputWithOverlay, prefix: string): string[] {
  const at = `${prefix}overlay_settings.`;
  const { vertical_align, horizontal_align, opacity } = overlay_settings;
  return [
    ...(isWebUrl(url) ? [] : [`${prefix}url: name the https:// or http:// URL of an image (PNG, JPEG or WebP)`]),
    ...alignProblem(`${at}vertical_align`, vertical_align, VERTICAL_ALIGNS),
    ...alignProblem(`${at}horizontal_align`, horizontal_align, HORIZONTAL_ALIGNS),
    ...(["vertical_margin", "horizontal_margin"] as const).flatMap((name) =>
      lengthProblem(`${at}${name}`, overlay_settings[name], true),
    ),
    ...(["width", "height"] as const).flatMap((name) => lengthProblem(`${at}${name}`, overlay_settings[name], false)),
    ...(opacity === undefined || readOpacity(opacity) !== null
      ? []
      : [`${at}opacity: "${opacity}" is no share from 0% to 100%, such as 90%`]),
  ];
}

/**
 * @param input without problems
 * @param place among the inputs
 */
export function overlayInputOf({ url = "", overlay_settings = {} }: InputWithOverlay, place: number): OverlayInput {
  const { vertical_align, horizontal_align, opacity = "100%" } = overlay_settings;
  return {
    input: place,
    url,
    placement: {
      verticalAlign: VERTICAL_ALIGNS.find((align) => align === vertical_align) ?? "top",
      horizontalAlign: HORIZONTAL_ALIGNS.find((align) => align === horizontal_align) ?? "left",
      verticalMargin: readLength(overlay_settings.vertical_margin) ?? NOTHING,
      horizontalMargin: readLength(overlay_settings.horizontal_margin) ?? NOTHING,
      width: readLength(overlay_settings.width),
      height: readLength(overlay_settings.height),
      opacityRatio: readOpacity(opacity) ?? 1,
    },
  };
}

function alignProblem(field: string, given: string | undefined, known: readonly string[]): string[] {
  if (given === undefined || known.includes(given)) return [];
  return [`${field}: "${given}" is none of ${known.join(", ")}`];
}

function lengthProblem(field: string, given: string | undefined, mayBeNegative: boolean): string[] {
  if (given === undefined) return [];
  const length = readLength(given);
  if (length === null) return [`${field}: "${given}" is no length, such as 10% or 100px`];
  if (!mayBeNegative && length.value <= 0) return [`${field}: "${given}" is not above nothing`];
  return [];
}

function readLength(text: string | undefined): OverlayLength | null {
  const [, sign, number, unit] = LENGTH.exec(text ?? "") ?? [];
  if (number === undefined) return null;
  const value = Number(number) * (sign === "-" ? -1 : 1);
  return unit === "px" ? { unit, value } : { unit: "ratio", value: value / 100 };
}

/** 0..1; null for what is no share. */
function readOpacity(text: string): number | null {
  const length = readLength(text);
  if (length?.unit !== "ratio" || length.value < 0 || length.value > 1) return null;
  return length.value;
}
