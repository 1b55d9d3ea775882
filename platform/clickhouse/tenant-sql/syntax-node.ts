/** A node of the engine's syntax tree, as `EXPLAIN AST` lists it. */
export interface SyntaxNode {
  /** The node's kind, such as `Function`. */
  kind: string;
  /** What follows it in its line: a name, a literal, an alias. */
  detail: string;
  children: SyntaxNode[];
}

/** Literals keep every separator of lines but \n as it is, and a dot stops at some. */
const LINE = /^( *)([A-Za-z]+)(?: ([^\n]*))?$/;
const CHILDREN_COUNT = / ?\(children \d+\)$/;

/**
 * The tree behind a listing: each line one node, each blank before it one level. Only depth is believed, since a name of the
 * customer's may look like a count of children; no name holds a line break ({@link checkText}) and literals are escaped.
 * Null for a listing that is no such tree.
 */
export function readSyntaxTree(listing: string): SyntaxNode | null {
  let root: SyntaxNode | null = null;
  const open: SyntaxNode[] = [];
  for (const line of listing.replace(/\n+$/, "").split("\n")) {
    const [, indent, kind, rest = ""] = LINE.exec(line) ?? [];
    if (indent === undefined || kind === undefined || indent.length > open.length) return null;
    const node: SyntaxNode = { kind, detail: rest.replace(CHILDREN_COUNT, ""), children: [] };
    open.length = indent.length;
    if (open.length === 0 && root !== null) return null;
    open.at(-1)?.children.push(node);
    root ??= node;
    open.push(node);
  }
  return root;
}
