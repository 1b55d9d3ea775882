const HEADING = /^(#{1,3}) (.+)$/;
const FENCE = /^ *```/;

interface Heading {
  level: number;
  title: string;
  anchor: string;
}

/** A page with a list of its chapters before the first one: links to its headings of the second and third level. */
export function withContents(page: string): string {
  const chapters = headingsOf(page).filter(({ level }) => level > 1);
  const list = chapters.map(({ level, title, anchor }) => `${"  ".repeat(level - 2)}- [${title}](#${anchor})`);
  return page.replace(/^## /m, () => `${list.join("\n")}\n\n## `);
}

/** Anchors as GitHub makes them: a name that comes again gets a number. */
function headingsOf(page: string): Heading[] {
  const seen = new Map<string, number>();
  const headings: Heading[] = [];
  let isCode = false;
  for (const line of page.split("\n")) {
    if (FENCE.test(line)) isCode = !isCode;
    const [, marks = "", title = ""] = isCode ? [] : (HEADING.exec(line) ?? []);
    if (title === "") continue;
    const name = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, "")
      .replaceAll(" ", "-");
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    headings.push({ level: marks.length, title, anchor: times === 0 ? name : `${name}-${times}` });
  }
  return headings;
}
