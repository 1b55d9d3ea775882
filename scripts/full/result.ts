import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import type { Part } from "./parts.ts";
import { codeLine } from "./stale-parts.ts";

export interface Outcome {
  code: number;
  lastLines: readonly string[];
  /** Of the code that the part covers, as it was when the part began. */
  hash: string;
  startedAt: Date;
  tookMs: number;
  machine: Machine;
}

export interface Machine {
  commit: string;
  /** True when files differed from the commit. */
  isDirty: boolean;
  description: string;
}

/** The page that is committed under docs/results. */
export function renderResult(part: Part, outcome: Outcome): string {
  const { code, lastLines, hash, startedAt, tookMs, machine } = outcome;
  return `# ${part.name}: ${code === 0 ? "passed" : "FAILED"}

${part.shows}

- Date: ${startedAt.toISOString()}, ${Math.round(tookMs / 1_000)} s
- Commit: ${machine.commit}${machine.isDirty ? ", with changes" : ""}
- Machine: ${machine.description}
- Again: \`npm run test:full -- ${part.name}\`
- ${codeLine(hash)}

\`\`\`
${withoutSecrets(lastLines.join("\n"))}
\`\`\`
`;
}

/** Keys of an installation that is gone are worth nothing, but who finds one in a repository cannot know that. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[\w-]{60,}/g, "TOKEN_ID:TOKEN_SECRET")
    .replace(/\b[a-z0-9]{4}(?:-[a-z0-9]{4}){3}\b/g, "PASSWORD");
}

export function describeMachine(root: string): Machine {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  return {
    commit: git("rev-parse", "--short=12", "HEAD"),
    isDirty: git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/results") !== "",
    description: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${gigabytes} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`,
  };
}
