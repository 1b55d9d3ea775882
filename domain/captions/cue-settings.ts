/** WebVTT cue settings with the values that they may have (WebVTT §4.4). Others are left out, as players do. */
const SETTINGS: Readonly<Record<string, RegExp>> = {
  vertical: /^(?:rl|lr)$/,
  line: /^(?:-?\d{1,5}|\d{1,5}(?:\.\d{1,5})?%)(?:,(?:start|center|end))?$/,
  position: /^\d{1,5}(?:\.\d{1,5})?%(?:,(?:line-left|center|line-right))?$/,
  size: /^\d{1,5}(?:\.\d{1,5})?%$/,
  align: /^(?:start|center|end|left|right)$/,
  region: /^[^\s:]{1,100}$/,
};

/** The settings that are valid, each once, parted by single blanks. `align:middle` is the old name of `center`. */
export function readCueSettings(text: string): string {
  const found = new Map<string, string>();
  for (const word of text.split(/[ \t]+/)) {
    const colon = word.indexOf(":");
    const name = word.slice(0, Math.max(0, colon));
    const value = word.slice(colon + 1).replace(/^middle$/, "center");
    if (Object.hasOwn(SETTINGS, name) && SETTINGS[name]?.test(value) === true) found.set(name, `${name}:${value}`);
  }
  return [...found.values()].join(" ");
}
