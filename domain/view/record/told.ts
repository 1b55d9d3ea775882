import type { FieldValue } from "../../wire/decode-events.ts";
import { believed } from "../believed.ts";
import { field, textField, type ViewState } from "../view-state.ts";

/** The first of several fields that says something; "" when none does. */
export function toldText(view: ViewState, ...names: readonly string[]): string {
  for (const name of names) {
    const text = textField(view, name);
    if (text !== "") return text;
  }
  return "";
}

/** The first of several fields that is a number of 0 or more and can be (`believed`), else null. */
export function toldAmount(view: ViewState, ...names: readonly string[]): number | null {
  for (const name of names) {
    const value = believed(name, field(view, name));
    if (value !== null) return value;
  }
  return null;
}

/** As `toldAmount`, where 0 stands for "not known". */
export function toldPositive(view: ViewState, name: string): number | null {
  const value = toldAmount(view, name);
  return value !== null && value > 0 ? value : null;
}

/** A quotient; null where the client's numbers make none that can be kept. */
export function quotientOrNull(part: number, whole: number): number | null {
  const quotient = part / whole;
  return whole > 0 && Number.isFinite(quotient) ? quotient : null;
}

/** What was told first of a field; its newest value in states that did not keep the first. */
export function firstTold(view: ViewState, name: string): FieldValue {
  return view.initials.value(name) ?? field(view, name);
}

export function firstText(view: ViewState, ...names: readonly string[]): string {
  for (const name of names) {
    const value = firstTold(view, name);
    if (value !== null && value !== "") return String(value);
  }
  return "";
}

export function firstPositive(view: ViewState, name: string): number | null {
  const value = believed(name, firstTold(view, name));
  return value !== null && value > 0 ? value : null;
}
