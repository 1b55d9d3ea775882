import { ArrowUpRight, BookOpen } from "lucide-react";

/** To the API reference, in a tab of its own: uploads live as long as the dashboard's page does. */
export function ReferenceLink() {
  return (
    <a
      href="/docs/api"
      target="_blank"
      rel="noreferrer"
      className="flex h-8 items-center gap-2.5 rounded-control px-2 text-muted text-sm hover:bg-sunken hover:text-ink"
    >
      <BookOpen aria-hidden className="size-4 text-faint" />
      API reference
      <ArrowUpRight aria-hidden className="ml-auto size-3.5 text-faint" />
    </a>
  );
}
