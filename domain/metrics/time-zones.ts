/**
 * Names that zones have by now, where runtimes still list the former one (Asia/Calcutta). Browsers tell either. Checked
 * against the engine's list in platform/clickhouse/questions, as all others are.
 */
const RENAMED = [
  "Africa/Asmara",
  "America/Argentina/Buenos_Aires",
  "America/Argentina/Catamarca",
  "America/Argentina/Cordoba",
  "America/Argentina/Jujuy",
  "America/Argentina/Mendoza",
  "America/Atikokan",
  "America/Indiana/Indianapolis",
  "America/Kentucky/Louisville",
  "America/Nuuk",
  "Asia/Ho_Chi_Minh",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Asia/Yangon",
  "Atlantic/Faroe",
  "Europe/Kyiv",
  "Pacific/Chuuk",
  "Pacific/Kanton",
  "Pacific/Pohnpei",
];

/** Younger than the engine's list: Aysén, since 2025. */
const TOO_NEW: ReadonlySet<string> = new Set(["America/Coyhaique"]);

/**
 * Every zone that a series may go by. A list, because the runtime takes more than the engine does: `europe/berlin`, `+05:30`.
 */
export const TIME_ZONES: ReadonlySet<string> = new Set(
  ["UTC", ...Intl.supportedValuesOf("timeZone"), ...RENAMED].filter((name) => !TOO_NEW.has(name)),
);
