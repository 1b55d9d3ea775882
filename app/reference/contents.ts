import type { Group } from "./groups.ts";

/** What the contents show of a group: little, for it goes to the browser with every page. */
export interface ContentsGroup {
  href: string;
  name: string;
  operations: readonly ContentsOperation[];
}

interface ContentsOperation {
  href: string;
  method: string;
  path: string;
  summary: string;
}

export function contentsOf(groups: readonly Group[]): ContentsGroup[] {
  return groups.map(({ slug, name, operations }) => ({
    href: `/docs/api/${slug}`,
    name,
    operations: operations.map(({ id, method, path, summary }) => ({
      href: `/docs/api/${slug}#${id}`,
      method,
      path,
      summary,
    })),
  }));
}

/** Operations that hold every word, wherever it stands: in method, path, summary or the group's name. */
export function findOperations(groups: readonly ContentsGroup[], query: string): ContentsOperation[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return groups.flatMap(({ name, operations }) =>
    operations.filter(({ method, path, summary }) => {
      const text = `${name} ${method} ${path} ${summary}`.toLowerCase();
      return words.every((word) => text.includes(word));
    }),
  );
}
