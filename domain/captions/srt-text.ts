/** Tags that SRT has in common with WebVTT; what else stands in angle brackets (`font`, …) is left out. */
const TAG = /^<(\/?)\s*([biu])\s*>$/i;
/** Each alternative ends at the next bracket at the latest, so that the time is linear. */
const MARKUP = /<[^<>]*>|\{\\[^{}]*\}|&(?:amp|lt|gt|nbsp|lrm|rlm);|[&<>]/g;
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
/** `{\an8}`: place on screen as on a numeric keypad. */
const PLACE = /^\{\\an([1-9])\}$/;

/** Text of an SRT cue as WebVTT: simple tags stay, a place becomes settings, every other character is text. */
export function srtToWebvtt(text: string): { text: string; settings: string } {
  let settings = "";
  const converted = text.replace(MARKUP, (found) => {
    const place = PLACE.exec(found);
    if (place !== null) settings = placeSettings(Number(place[1]));
    if (found.startsWith("{")) return "";
    if (found.length > 1 && found.startsWith("<")) {
      const tag = TAG.exec(found);
      return tag === null ? (isTag(found) ? "" : escapeText(found)) : `<${tag[1]}${tag[2]?.toLowerCase()}>`;
    }
    return ENTITIES[found] ?? found;
  });
  return { text: converted, settings };
}

/** `<3 you>` and `< so >` are text. */
function isTag(found: string): boolean {
  return /^<\/?[a-z!]/i.test(found);
}

/** Any text as cue text of WebVTT. */
export function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

function placeSettings(place: number): string {
  const line = place >= 7 ? "line:0" : place >= 4 ? "line:50%" : "";
  const align = place % 3 === 1 ? "align:start" : place % 3 === 0 ? "align:end" : "";
  return [line, align].filter((setting) => setting !== "").join(" ");
}
