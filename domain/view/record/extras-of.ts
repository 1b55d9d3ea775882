import type { FieldValue } from "../../wire/decode-events.ts";
import type { ViewRecord } from "../view-record.ts";
import { textField, type ViewState } from "../view-state.ts";
import type { RecordParts } from "./record-source.ts";

/** Room for `attributes`, in UTF-16 code units before escaping; a view of a sound player takes 4,000. */
const MAX_ATTRIBUTES_LENGTH = 60_000;

/** The customer's own dimensions, and every field as the client reported it. */
export function extrasOf({ view }: RecordParts) {
  const custom = (number: number) => textField(view, `custom_${number}`);
  return {
    custom1: custom(1),
    custom2: custom(2),
    custom3: custom(3),
    custom4: custom(4),
    custom5: custom(5),
    custom6: custom(6),
    custom7: custom(7),
    custom8: custom(8),
    custom9: custom(9),
    custom10: custom(10),
    custom11: custom(11),
    custom12: custom(12),
    custom13: custom(13),
    custom14: custom(14),
    custom15: custom(15),
    custom16: custom(16),
    custom17: custom(17),
    custom18: custom(18),
    custom19: custom(19),
    custom20: custom(20),
    attributes: attributesOf(view),
  } satisfies Partial<ViewRecord>;
}

/** In the order of names; beyond the room there is, the rest is left out. */
function attributesOf(view: ViewState): string {
  const attributes: Record<string, FieldValue> = Object.create(null);
  let length = 0;
  const fields = [...view.fields].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, [, value]] of fields) {
    length += name.length + String(value).length;
    if (length > MAX_ATTRIBUTES_LENGTH) break;
    attributes[name] = value;
  }
  return JSON.stringify(attributes);
}
