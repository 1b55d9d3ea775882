import { classNames } from "../ui/class-names.ts";

const LOOKS: Readonly<Record<string, string>> = { GET: "text-muted", DELETE: "text-bad" };

/** What an operation does to the server: reads are quiet, writes are not. */
export function MethodLabel({ method, className }: { method: string; className?: string }) {
  return (
    <span className={classNames("font-mono font-semibold text-2xs", LOOKS[method] ?? "text-accent", className)}>
      {method === "DELETE" ? "DEL" : method}
    </span>
  );
}
