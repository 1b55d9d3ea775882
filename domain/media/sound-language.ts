/** Not languages: undetermined, several, none, and those that have no code. */
const NO_LANGUAGE: readonly string[] = ["und", "mul", "zxx", "mis"];
const MAX_LABEL_LENGTH = 100;

/** BCP 47 for what a container calls a language: `ger` and `deu` are `de`, `pt-br` is `pt-BR`. Null for what is none. */
export function languageTag(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  try {
    const [tag = null] = Intl.getCanonicalLocales(text);
    return tag === null || NO_LANGUAGE.includes(tag) ? null : tag;
  } catch {
    return null; // ill-formed
  }
}

interface NamedSound {
  language: string | null;
  title: string | null;
}

/**
 * What people choose sounds by: the title, else the language's English name, else `Default`, as the API calls it; the second of a name has a number
 * behind it, since a group of renditions may not have a name twice (RFC 8216 §4.3.4.1.1). Fit for a quoted string of a playlist.
 */
export function soundLabels(sounds: readonly NamedSound[]): string[] {
  const taken = new Set<string>();
  return sounds.map((sound) => {
    const name = labelOf(sound);
    let label = name;
    for (let number = 2; taken.has(label); number += 1) label = `${name} ${number}`;
    taken.add(label);
    return label;
  });
}

function labelOf({ language, title }: NamedSound): string {
  const printable = (title ?? "")
    .replaceAll(/[\p{C}"]/gu, "")
    .trim()
    .slice(0, MAX_LABEL_LENGTH);
  if (printable !== "") return printable;
  return language === null ? "Default" : (new Intl.DisplayNames(["en"], { type: "language" }).of(language) ?? language);
}
