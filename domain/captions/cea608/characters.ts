/** Where CEA-608's basic characters are not those of ASCII (CTA-608-E table 50). */
const BASIC: Readonly<Record<number, string>> = {
  39: "’",
  42: "á",
  92: "é",
  94: "í",
  95: "ó",
  96: "ú",
  123: "ç",
  124: "÷",
  125: "Ñ",
  126: "ñ",
  127: "█",
};
/** Table 49, from 0x30 on; the tenth is a blank that lets the picture through. */
const SPECIAL = "®°½¿™¢£♪à èâêîôû";
/** Tables 5 to 10, from 0x20 on. */
const SPANISH_FRENCH = "ÁÉÓÚÜü‘¡*'—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»";
const PORTUGUESE_GERMAN = "ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤│ÅåØø┌┐└┘";

/** @param byte 0x20 to 0x7f */
export function basicCharacter(byte: number): string {
  return BASIC[byte] ?? String.fromCharCode(byte);
}

/** @param byte 0x30 to 0x3f */
export function specialCharacter(byte: number): string {
  return SPECIAL[byte - 0x30] ?? "";
}

/** @param byte 0x20 to 0x3f */
export function extendedCharacter(isPortugueseGerman: boolean, byte: number): string {
  return (isPortugueseGerman ? PORTUGUESE_GERMAN : SPANISH_FRENCH)[byte - 0x20] ?? "";
}
