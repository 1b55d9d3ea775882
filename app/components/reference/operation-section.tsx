import { type Field, fieldsOf, typeOf } from "../../reference/fields.ts";
import type { OperationView } from "../../reference/groups.ts";
import { curlLines, nodeLines } from "../../reference/requests.ts";
import { CodeText } from "./code-text.tsx";
import { ExampleTabs } from "./example-tabs.tsx";
import { FieldHead, FieldList } from "./field-list.tsx";
import { MethodLabel } from "./method-label.tsx";

const PLACES = { path: "In the path", query: "In the query", header: "Headers", cookie: "Cookies" } as const;

/** Everything about one operation: words on the left, requests and an answer to copy on the right. */
export function OperationSection({ operation, origin }: { operation: OperationView; origin: string }) {
  return (
    <section
      id={operation.id}
      aria-labelledby={`${operation.id}-title`}
      className="scroll-mt-20 border-t py-10 lg:scroll-mt-6"
    >
      <div className="grid gap-x-10 gap-y-6 wide:grid-cols-[minmax(0,1fr)_minmax(0,27rem)]">
        <div className="min-w-0">
          <OperationHead operation={operation} />
          <Parameters operation={operation} />
          {operation.body !== null && (
            <Part title="Body">
              <FieldList fields={fieldsOf(operation.body.schema)} marksRequired />
            </Part>
          )}
          {operation.answers.map((answer) => (
            <Part key={answer.status} title={`Answer ${answer.status}`}>
              <Answer answer={answer} />
            </Part>
          ))}
          <Refusals operation={operation} />
        </div>
        <div className="min-w-0">
          <div className="space-y-4 wide:sticky wide:top-6">
            <ExampleTabs curl={curlLines(operation, origin).join("\n")} node={nodeLines(operation).join("\n")} />
            <ExampleAnswer operation={operation} />
          </div>
        </div>
      </div>
    </section>
  );
}

function OperationHead({ operation }: { operation: OperationView }) {
  const { id, method, path, summary, description, isDeprecated, permission } = operation;
  return (
    <>
      <h2 id={`${id}-title`} className="font-semibold text-lg tracking-[-0.01em]">
        <a href={`#${id}`} className="hover:underline hover:underline-offset-4">
          {summary}
        </a>
      </h2>
      <p className="mt-1.5 flex items-baseline gap-2">
        <MethodLabel method={method} />
        <code className="wrap-anywhere font-mono text-muted text-sm">{path}</code>
      </p>
      <p className="mt-1 flex flex-wrap gap-x-3 text-faint text-xs">
        {permission !== null && (
          <span>
            needs <code className="font-mono">{permission}</code>
          </span>
        )}
        {isDeprecated && <span>deprecated: for clients that use it already</span>}
      </p>
      {description !== "" && (
        <p className="mt-3 max-w-prose text-muted">
          <CodeText text={description} />
        </p>
      )}
    </>
  );
}

function Parameters({ operation }: { operation: OperationView }) {
  return Object.entries(PLACES).map(([place, title]) => {
    const parameters = operation.parameters.filter((parameter) => parameter.in === place);
    if (parameters.length === 0) return null;
    const fields = parameters.map(({ name, required, description, schema }): Field => {
      const [own] = fieldsOf({ properties: { [name]: schema } });
      const parts = { values: own?.values ?? [], initial: own?.initial ?? null, fields: [] };
      return { name, type: typeOf(schema), description, isRequired: required, ...parts };
    });
    return (
      <Part key={place} title={title}>
        <ul>
          {fields.map((field) => (
            <li key={field.name} className="border-t py-2.5 first:border-t-0">
              <FieldHead field={field} marksRequired />
            </li>
          ))}
        </ul>
      </Part>
    );
  });
}

function Answer({ answer }: { answer: OperationView["answers"][number] }) {
  if (answer.mediaTypes.length === 0) return <p className="pt-2 text-muted text-sm">Without a body.</p>;
  const fields = answer.schema === null ? [] : fieldsOf(answer.schema);
  if (fields.length === 0) return <p className="pt-2 text-muted text-sm">{answer.mediaTypes.join(", ")}</p>;
  return <FieldList fields={fields} marksRequired={false} />;
}

function Refusals({ operation }: { operation: OperationView }) {
  return (
    <details className="mt-6">
      <summary className="cursor-pointer font-medium text-muted text-xs hover:text-ink">
        Refusals: {operation.refusals.map(({ status }) => status).join(", ")}
      </summary>
      <dl className="mt-2 grid grid-cols-[3rem_minmax(0,1fr)] gap-y-1 text-sm">
        {operation.refusals.map(({ status, description }) => (
          <div key={status} className="contents">
            <dt className="font-mono text-xs leading-5">{status}</dt>
            <dd className="text-muted">
              <CodeText text={description} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function ExampleAnswer({ operation }: { operation: OperationView }) {
  const answer = operation.answers.find(({ schema }) => schema !== null);
  if (answer === undefined) return null;
  const example = JSON.stringify(answer.example, null, 2);
  return (
    <div className="overflow-hidden rounded-panel border bg-surface">
      <p className="border-b px-3 py-2 text-muted text-xs">
        {answer.status} {answer.description}
      </p>
      {/* a region that scrolls can be reached with the keyboard */}
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the arrow keys
        tabIndex={0}
        className="max-h-112 overflow-auto p-3 font-mono text-xs leading-5"
      >
        <code>{example}</code>
      </pre>
    </div>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="mt-6">
      <h3 className="border-b pb-1.5 font-medium text-muted text-xs">{title}</h3>
      {children}
    </div>
  );
}
