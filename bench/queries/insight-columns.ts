import type { InsightColumn } from "./hand-written.ts";

/** Columns of table `views` that are not called as their dimension. */
const NAMES: Readonly<Record<string, string>> = {
  viewer_device_category: "device_category",
  viewer_device_manufacturer: "device_manufacturer",
  viewer_device_model: "device_model",
  viewer_device_name: "device_name",
  viewer_user_id: "viewer_id",
};

/** Beside which there is a column with a number for each value. */
const KEYED =
  /^(custom_\d+|(asset|live_stream|playback|sub_property|video|video_creator|view_session|viewer_user)_id|page_url|video_(series|title))$/;
const FLAG = /^(player_autoplay|player_preload|time_shift_enabled|used_captions|used_pip|view_has_ad)$/;
const MAYBE_FLAG = /^(player_remote_played|preroll_played|preroll_requested)$/;
const AMOUNT = /^video_source_(bitrate|fps|height|width)(_initial)?$/;

/** A dimension as a person would group by it who knows the tables. */
export function insightColumn(id: string): InsightColumn {
  const name = NAMES[id] ?? id;
  if (KEYED.test(id)) return { id, groupSql: `${name}_key`, textSql: (key) => ifNot(`${key} = cityHash64('')`, key) };
  return { id, groupSql: name, textSql: textOf(id) };
}

function textOf(id: string): InsightColumn["textSql"] {
  if (id === "asn") return (asn) => ifNot(`${asn} = 0`, asn);
  if (id === "video_cdn_trace")
    return (list) => `if(empty(${list}), '', concat('[', arrayStringConcat(${list}, ','), ']'))`;
  if (FLAG.test(id)) return (flag) => `if(${flag}, 'true', 'false')`;
  if (MAYBE_FLAG.test(id)) return (flag) => `multiIf(isNull(${flag}), '', ${flag}, 'true', 'false')`;
  if (AMOUNT.test(id)) return (amount) => `ifNull(toString(${amount}), '')`;
  return (text) => `toString(${text})`;
}

const ifNot = (condition: string, value: string) => `if(${condition}, '', toString(${value}))`;
