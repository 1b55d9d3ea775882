import { ChevronRight } from "lucide-react";
import type { Field } from "../../reference/fields.ts";
import { CodeText } from "./code-text.tsx";

/** More than these are folded until somebody asks. */
const SHOWN_AT_ONCE = 16;
const OPEN_LEVELS = 2;

interface Props {
  fields: readonly Field[];
  /** Whether it is worth saying that one must be given; in answers all are there. */
  marksRequired: boolean;
  level?: number;
}

/** Fields of a body or an answer, those of objects below them. */
export function FieldList({ fields, marksRequired, level = 0 }: Props) {
  return (
    <ul className={level === 0 ? "" : "ml-1.5 border-l pl-4"}>
      {fields.map((field) => (
        <li key={field.name} className="border-t py-2.5 first:border-t-0">
          <FieldHead field={field} marksRequired={marksRequired} />
          {field.fields.length > 0 && (
            <details className="group mt-2" open={level < OPEN_LEVELS && field.fields.length <= SHOWN_AT_ONCE}>
              <summary className="inline-flex cursor-pointer list-none items-center gap-1 rounded-control text-muted text-xs hover:text-ink">
                <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
                {field.fields.length} {field.fields.length === 1 ? "field" : "fields"}
              </summary>
              <div className="mt-1">
                <FieldList fields={field.fields} marksRequired={marksRequired} level={level + 1} />
              </div>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

export function FieldHead({ field, marksRequired }: { field: Omit<Field, "fields">; marksRequired: boolean }) {
  const { name, type, description, isRequired, values, initial } = field;
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <code className="wrap-anywhere font-medium font-mono text-ink text-sm">{name}</code>
        <span className="text-faint text-xs">{type}</span>
        {marksRequired && isRequired && <span className="font-medium text-accent text-xs">required</span>}
        {initial !== null && <span className="text-faint text-xs">default {initial}</span>}
      </p>
      {description !== "" && (
        <p className="mt-0.5 max-w-prose text-muted text-sm">
          <CodeText text={description} />
        </p>
      )}
      {values.length > 0 && (
        <p className="mt-1 flex flex-wrap gap-1">
          {values.map((value) => (
            <code key={value} className="rounded-xs bg-sunken px-1.5 font-mono text-muted text-xs leading-5">
              {value}
            </code>
          ))}
        </p>
      )}
    </>
  );
}
